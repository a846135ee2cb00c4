/* SPDX-License-Identifier: Apache-2.0 */
#include "contract.h"

static const struct {
    const char *name, *text;
} rules[CONTRACT_RULES] = {
    [CONTRACT_NONE] = {"", ""},
#define RULE(identifier, name, text) [CONTRACT_##identifier] = {name, text},
#include "contract.def"
#undef RULE
};

const char *contract_rule_name(enum contract_rule rule)
{
    return rules[rule].name;
}

const char *contract_rule_text(enum contract_rule rule)
{
    return rules[rule].text;
}
