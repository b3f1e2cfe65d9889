"""Writes safetensors files with the real library, as PyTorch users have them, for the tests to read.

    python safetensors_reference.py ../../test/resources/fixtures/safetensors

Made with safetensors 0.8.0 and numpy 2.4.6; README.md beside the files says what is in them.
"""

import sys

import numpy
from safetensors import TensorSpec, serialize_file
from safetensors.numpy import save_file

MEAN = [0.5, -1024.0, 3.0]
VAR = [4.0, 0.0625, 1.0]
WEIGHT = [1.5, -2.0, 0.25]
BIAS = [0.0, 10.0, -0.5]


def layer(prefix, dtype, batches, affine=True):
    tensors = {
        prefix + "running_mean": numpy.array(MEAN, dtype),
        prefix + "running_var": numpy.array(VAR, dtype),
        prefix + "num_batches_tracked": numpy.array(batches, numpy.int64),
    }
    if affine:
        tensors[prefix + "weight"] = numpy.array(WEIGHT, dtype)
        tensors[prefix + "bias"] = numpy.array(BIAS, dtype)
    return tensors


def other():
    return {
        "conv.weight": numpy.zeros((2, 1, 3), numpy.float32),
        "mask": numpy.array([True, False, True]),
        "steps": numpy.array([7], numpy.int32),
    }


def bfloat16(numbers):
    """The upper halves of float32; these numbers need no more."""
    return (numpy.array(numbers, numpy.float32).view(numpy.uint32) >> 16).astype(numpy.uint16)


def main(folder):
    save_file(layer("", numpy.float32, 12), f"{folder}/layer-float32.safetensors")
    metadata = {"format": "pt", "eps": "0.001", "momentum": "0.25", "feature_names": '["a", "b\\u00fc", "c"]'}
    save_file(layer("", numpy.float64, 3), f"{folder}/layer-float64-metadata.safetensors", metadata)
    save_file(
        {**other(), **layer("bn1.", numpy.float16, 5, affine=False)},
        f"{folder}/network-float16.safetensors",
        {"bn1.eps": "0.01", "bn1.momentum": "None"},
    )
    save_file(
        {**other(), **layer("features.1.", numpy.float32, 1), **layer("features.10.bn.", numpy.float64, 2)},
        f"{folder}/two-layers.safetensors",
    )
    tensors = {"running_mean": MEAN, "running_var": VAR, "weight": WEIGHT, "bias": BIAS}
    halves = {name: bfloat16(numbers) for name, numbers in tensors.items()}
    specs = {
        name: TensorSpec(dtype="bfloat16", shape=[3], data_ptr=half.ctypes.data, data_len=half.nbytes)
        for name, half in halves.items()
    }
    serialize_file(specs, f"{folder}/layer-bfloat16.safetensors")
    save_file(other(), f"{folder}/no-layer.safetensors")


if __name__ == "__main__":
    main(sys.argv[1])
