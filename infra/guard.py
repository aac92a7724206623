#!/usr/bin/env python3
"""Runs cfn-guard rules on the CloudFormation template that SAM makes of a template, offline:  guard.py TEMPLATE RULES [CFN_GUARD]

The template suppresses findings, each with a reason. Resource names are those after SAM's translation; * matches any text:

    Metadata:
      GuardSuppressions:
        LAMBDA_INSIDE_VPC: { resources: ["*Function"], reason: Functions call AWS services only. }
"""
import copy, fnmatch, json, pathlib, re, shutil, subprocess, sys, tempfile

from samtranslator.model.exceptions import InvalidDocumentException

import translated


def translate(path):
    """The document that CloudFormation would get, and the template's table of suppressions."""
    try:
        source = translated.read(path)
        for resource in source["Resources"].values():
            if {"guard", "cfn_nag"} & set(resource.get("Metadata") or {}):
                sys.exit("guard: put suppressions into the template's GuardSuppressions, with a reason, and not into a resource's Metadata")
        return translated.translate(source), (source.get("Metadata") or {}).get("GuardSuppressions") or {}
    except InvalidDocumentException as error:
        sys.exit(f"guard: SAM cannot translate {path}\n" + "\n".join(f"  {cause.message}" for cause in error.causes))
    except Exception as error:
        sys.exit(f"guard: cannot read {path}: {type(error).__name__}: {error}")


def branch(node, index):
    """The document with every !If decided: as if true (1) or as if false (2). Rules cannot look into an !If."""
    if isinstance(node, dict):
        if list(node) == ["Fn::If"]:
            return branch(node["Fn::If"][index], index)
        decided = {key: branch(value, index) for key, value in node.items()}
        return {key: value for key, value in decided.items() if value != {"Ref": "AWS::NoValue"}}
    return [branch(item, index) for item in node] if isinstance(node, list) else node


def findings(program, rules, document):
    """Pairs of rule and resource that fail, and every rule that applied to something."""
    with tempfile.TemporaryDirectory() as folder:
        for index in (1, 2):
            pathlib.Path(folder, f"{index}.json").write_text(json.dumps(branch(document, index)))
        command = [program, "validate", "-r", rules, "-d", folder, "--structured", "-o", "json", "-S", "none"]
        run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode not in (0, 19):  # 19: some rule failed
        sys.exit(f"guard: cfn-guard could not run the rules (exit code {run.returncode})\n{run.stderr}")
    failed, applied = set(), set()
    for report in json.loads(run.stdout):
        applied.update(report["compliant"])
        for rule in (entry["Rule"] for entry in report["not_compliant"]):
            applied.add(rule["name"])
            names = re.findall(r'"path": "/Resources/(\w+)', json.dumps(rule["checks"]))
            failed.update((rule["name"], name) for name in names or ["(template)"])
    return failed, applied


template, rules, program = [*sys.argv[1:], "cfn-guard"][:3] if len(sys.argv) > 2 else sys.exit(__doc__)
found = shutil.which(program) or sys.exit(f"guard: {program} is not installed: cargo install --locked cfn-guard --version 3.2.1")
if not any(pathlib.Path(rules).rglob("*.guard")):
    sys.exit(f"guard: there are no rules (*.guard) in {rules}")
document, table = translate(template)
failed, applied = findings(found, rules, document)
problems, accepted = [], copy.deepcopy(document)
for rule, entry in table.items():
    if not str(entry.get("reason") or "").strip():
        problems.append(f"{rule} is suppressed without a reason")
    for pattern in entry.get("resources") or []:
        names = fnmatch.filter(document["Resources"], pattern)
        if not names or not failed & {(rule, name) for name in [*names, "(template)"]}:
            problems.append(f"{rule} fails on no resource that {pattern} matches; remove the suppression")
        for name in names:  # the rules themselves skip resources with this metadata
            metadata = accepted["Resources"][name].setdefault("Metadata", {})
            metadata.setdefault("guard", {"SuppressedRules": []})["SuppressedRules"].append(rule)
left, _ = findings(found, rules, accepted)
problems += [f"{rule} fails on {name}" for rule, name in sorted(left)]
print("\n".join(f"guard: {problem}" for problem in problems), file=sys.stderr, end="\n" if problems else "")
print(f"guard: {len(applied)} rules applied, {len(failed - left)} findings suppressed with a reason, {len(problems)} problems")
sys.exit(bool(problems))
