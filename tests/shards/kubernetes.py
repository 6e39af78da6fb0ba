#!/usr/bin/env python3
"""Whether the Jobs in examples/kubernetes have the shape that Kubernetes' batch/v1 asks for: known keys, of the right
kind, and an indexed Job of as many shards as weft is told.

usage: kubernetes.py FOLDER. Ends with 77 where there is no PyYAML."""
import glob
import re
import sys

try:
    import yaml
except ImportError:
    print("skipped: there is no PyYAML")
    sys.exit(77)

QUANTITY = re.compile(r"^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$")
NAME = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")


def quantity(value):
    return isinstance(value, str) and QUANTITY.match(value)


def name(value):
    return isinstance(value, str) and NAME.match(value)


def whole(value):
    return isinstance(value, int) and value >= 0


def text(value):
    return isinstance(value, str) and value != ""


def one_of(*words):
    return lambda value: value in words


# A mapping of keys; a list of one such; or a function that says whether a value is good. "*": any key.
AMOUNTS = {"*": quantity}
CONTAINER = {
    "name": name, "image": text, "args": [text], "command": [text],
    "resources": {"requests": AMOUNTS, "limits": AMOUNTS},
    "volumeMounts": [{"name": name, "mountPath": text}],
}
POD = {
    "restartPolicy": one_of("OnFailure", "Never"), "terminationGracePeriodSeconds": whole, "containers": [CONTAINER],
    "volumes": [{"name": name, "persistentVolumeClaim": {"claimName": name}}],
}
JOB = {
    "apiVersion": one_of("batch/v1"), "kind": one_of("Job"), "metadata": {"name": name},
    "spec": {"completionMode": one_of("Indexed", "NonIndexed"), "completions": whole, "parallelism": whole,
             "backoffLimit": whole, "template": {"spec": POD}},
}
bad = []


def check(value, shape, place):
    if callable(shape):
        if not shape(value):
            bad.append(f"{place}: {value!r} is not what belongs there")
    elif isinstance(shape, list):
        if not isinstance(value, list) or not value:
            bad.append(f"{place}: is no list")
        else:
            for number, item in enumerate(value):
                check(item, shape[0], f"{place}[{number}]")
    elif not isinstance(value, dict):
        bad.append(f"{place}: is no mapping")
    else:
        for key, item in value.items():
            if key in shape or "*" in shape:
                check(item, shape.get(key, shape.get("*")), f"{place}.{key}")
            else:
                bad.append(f"{place}: there is no {key} there")


def check_uses(job, place):
    pod = job["spec"]["template"]["spec"]
    volumes = {volume["name"] for volume in pod.get("volumes", [])}
    for container in pod["containers"]:
        for mount in container.get("volumeMounts", []):
            if mount["name"] not in volumes:
                bad.append(f"{place}: no volume {mount['name']}")
        arguments = container["args"]
        if arguments[0] == "run":
            spec = job["spec"]
            if spec.get("completionMode") != "Indexed":
                bad.append(f"{place}: pods do not know which one they are: completionMode is not Indexed")
            if arguments[arguments.index("--shards") + 1] != str(spec.get("completions")):
                bad.append(f"{place}: --shards is not completions")


files = sorted(glob.glob(sys.argv[1] + "/*.yaml"))
for file in files:
    with open(file) as stream:
        job = yaml.safe_load(stream)
    before = len(bad)
    check(job, JOB, file)
    if len(bad) == before:
        check_uses(job, file)
if not files:
    bad.append("there are no examples")
print("\n".join(bad))
sys.exit(1 if bad else 0)
