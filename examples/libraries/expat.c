/* SPDX-License-Identifier: Apache-2.0 */
#include <rundown/scenario.h>

#include <expat.h>

static void XMLCALL count(void *elements, const XML_Char *name, const XML_Char **attributes)
{
    (void)name, (void)attributes;
    ++*(int *)elements;
}

RUNDOWN_SCENARIO(parses, "a document with a DTD and entities has three elements")
{
    static const char text[] = "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e 'v'>"
                               "<!ATTLIST b c CDATA 'd'>]><a x='1' y='2'><b>&e;</b><b q='r'/></a>";
    int elements = 0;
    XML_Parser parser = XML_ParserCreate("UTF-8");
    if (parser == NULL)
        return RUNDOWN_HANDLED;
    XML_SetUserData(parser, &elements);
    XML_SetStartElementHandler(parser, count);
    enum XML_Status status = XML_Parse(parser, text, sizeof text - 1, 1);
    enum XML_Error error = XML_GetErrorCode(parser);
    XML_ParserFree(parser);
    if (status == XML_STATUS_ERROR && error == XML_ERROR_NO_MEMORY)
        return RUNDOWN_HANDLED;
    RUNDOWN_CLAIM(status == XML_STATUS_OK && elements == 3);
    return RUNDOWN_SUCCESS;
}
