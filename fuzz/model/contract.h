/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of the rules of docs/contract.md: for saying which rule decided a call, and which rule
 * a row of the table of allowed codes applies.
 */
#ifndef FUZZ_MODEL_CONTRACT_H
#define FUZZ_MODEL_CONTRACT_H

enum contract_rule {
    CONTRACT_NONE,
#define RULE(identifier, name, text) CONTRACT_##identifier,
#include "contract.def"
#undef RULE
    CONTRACT_RULES
};

/* As docs/contract.md has it, "open-file.twice" for instance; "" for CONTRACT_NONE. */
const char *contract_rule_name(enum contract_rule rule);
/* What it says, in a few words; "" for CONTRACT_NONE. */
const char *contract_rule_text(enum contract_rule rule);

#endif
