# SPDX-License-Identifier: Apache-2.0
"""Findings as SARIF 2.1.0: one result for each, its verdict being the rule. docs/report.md says what is where."""
from pathlib import PurePosixPath

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
TAXONOMY = "CWE"


def rule_id(verdict):
    return "rundown/" + verdict.replace(" ", "-").lower()


def title(verdict):
    return "".join(word[:1].upper() + word[1:] for word in verdict.split())


def rule(verdict):
    relation = {} if verdict.cwe is None else {"relationships": [{
        "target": {"id": str(verdict.cwe), "toolComponent": {"name": TAXONOMY}}, "kinds": ["superset"]}]}
    sentence = verdict.meaning[:1].upper() + verdict.meaning[1:] + "."
    tags = ["fault-injection"] + ([f"external/cwe/cwe-{verdict.cwe:03d}"] if verdict.cwe is not None else [])
    return {
        "id": rule_id(verdict.name),
        "name": title(verdict.name),
        "shortDescription": {"text": verdict.name[:1].upper() + verdict.name[1:] + "."},
        "fullDescription": {"text": sentence},
        "help": {"text": f"{sentence} What it does not mean, and its typical cause: {verdict.section}.",
                 "markdown": f"{sentence}\n\nWhat it does not mean, and its typical cause: [{verdict.section}]"
                             f"({verdict.section})."},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": tags, "precision": "very-high"},
        **relation,
    }


def beside(finding):
    """What else the run showed, and in what the implementation differs, where there is any of it."""
    return {key: finding[key] for key in ("behind", "profile") if finding.get(key)}


def taxonomy(verdicts):
    numbers = sorted({v.cwe for v in verdicts if v.cwe is not None})
    return {"name": TAXONOMY, "organization": "MITRE", "shortDescription": {"text": "The MITRE Common Weakness Enumeration."},
            "informationUri": "https://cwe.mitre.org/", "isComprehensive": False,
            "taxa": [{"id": str(n), "helpUri": f"https://cwe.mitre.org/data/definitions/{n}.html"} for n in numbers]}


def artifact(file):
    if file.startswith("/"):
        return {"uri": PurePosixPath(file).as_uri()}
    return {"uri": file.replace("%", "%25").replace("#", "%23").replace(" ", "%20"), "uriBaseId": ROOT}


def place(file, line=None, function=None, message=None):
    physical = {"artifactLocation": artifact(file)}
    if line:
        physical["region"] = {"startLine": line}
    location = {"physicalLocation": physical}
    if function:
        location["logicalLocations"] = [{"name": function, "fullyQualifiedName": function, "kind": "function"}]
    if message:
        location["message"] = {"text": message}
    return location


def frame(f, message=None):
    return place(f["file"], f["line"], f["function"], message)


def stack(frames, message):
    return {"message": {"text": message}, "frames": [{"location": frame(f)} for f in frames]}


def program_of(name, finding):
    """The file that shows it: of a scenario its source, else what was saved with the finding."""
    if finding["driver"] == "scenario":
        return finding["location"]["file"]
    return f"findings/{name}/" + ("program.txt" if finding["driver"] == "session" else "input.txt")


def calls_flow(name, finding):
    """The program's calls, with what each returned, and each fault behind the call that it hit."""
    steps = []
    for number, call in enumerate(finding["calls"], 1):
        result = call["result"] if call["result"] is not None else "not called any more"
        steps.append({"location": place(program_of(name, finding), call["line"], message=f"{call['text']}: {result}"),
                      "importance": "essential" if finding["call"] and finding["call"]["index"] == number else "important"})
        for fault in finding["faults"]:
            if fault["call"] == number and fault["stack"]:
                text = f"injected: {fault['class']} {fault['kind']}"
                steps.append({"location": frame(fault["stack"][0], text), "importance": "essential", "nestingLevel": 1})
    return [{"message": {"text": "the program"}, "threadFlows": [{"locations": steps}]}] if steps else []


def result(name, finding, index):
    where = finding["location"]
    location = frame(where) if where else place(program_of(name, finding), 1)
    stacks = [stack(finding["stack"], "where it happened")] if finding["stack"] else []
    stacks += [stack(f["stack"], f"injected in call {f['call']}: {f['class']} {f['kind']}") for f in finding["faults"] if f["stack"]]
    shown_by = "scenario" if finding["driver"] == "scenario" else "program"
    related = [place(program_of(name, finding), message=f"the {shown_by} that shows it")]
    related += [place(h["acquired"]["file"], h["acquired"]["line"], h["acquired"]["function"],
                      f"the {h['side']} holds {h['bytes']} bytes of {h['kind']}; {h['release']} should have released it")
                for h in finding["held"] if h["acquired"]["file"] and h["acquired"]["line"]]
    for number, location_of in enumerate(related):
        location_of["id"] = number
    text = f"{finding['verdict']}: {finding['message']}"
    injected = [f"{f['class']} {f['kind']}" for f in finding["faults"]]
    if injected:
        text += ". Injected: " + ", ".join(injected)
    text += f". The [{shown_by} that shows it](0)"
    again = {"reproduce": finding["reproduce"]} if finding.get("reproduce") else {}
    if finding["found"]["flavour"]:
        again["flavour"] = finding["found"]["flavour"]
    return {
        "ruleId": rule_id(finding["verdict"]), "ruleIndex": index, "level": "error", "kind": "fail",
        "message": {"text": text + "."},
        "locations": [location], "relatedLocations": related,
        "partialFingerprints": {"rundownSignature/v1": finding["signature"]},
        "codeFlows": calls_flow(name, finding), "stacks": stacks,
        "occurrenceCount": finding["found"]["seen"],
        "properties": {"signature": finding["signature"], "driver": finding["driver"], "foundBy": finding["found"]["by"],
                       "contractRules": finding["rules"], **beside(finding), **again},
    }


# What the tool says of itself.
OWN = ("Fault injection and fuzzing of the directory backup API.",
       "Tests that an implementation of the directory backup API releases everything that it acquires, whatever fails.")


def document(findings, verdicts, version, commit, date, about=OWN):
    rules = [v for v in verdicts.values() if any(f["verdict"] == v.name for _, f in findings)]
    index = {v.name: i for i, v in enumerate(rules)}
    driver = {"name": "Rundown", "version": version, "semanticVersion": version, "organization": "Rundown",
              "shortDescription": {"text": about[0]}, "fullDescription": {"text": about[1]},
              "supportedTaxonomies": [{"name": TAXONOMY}], "rules": [rule(v) for v in rules]}
    run = {
        "tool": {"driver": driver},
        "taxonomies": [taxonomy(rules)],
        "invocations": [{"executionSuccessful": True, "endTimeUtc": date}],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the source tree."}}},
        "columnKind": "utf16CodeUnits",
        "automationDetails": {"id": "rundown/"},
        "results": [result(name, f, index[f["verdict"]]) for name, f in findings],
    }
    if commit:
        run["properties"] = {"commit": commit}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
