"""The rival of bench/against-aihwkit.ts: phase-change memory in aihwkit, on one layer.

    python bench/peers/noise-aihwkit.py ROWS COLUMNS THREADS

First it prints {"ready": versions}. Then it answers a line of JSON for each line read, each with a time in milliseconds: "noise-write" and
"noise-read" run the noise model alone on a tensor of weights (writing; ageing and reading), the others the whole `program_weights` and
`drift_weights` of an analog layer with global drift compensation: "tile-*" of `InferenceRPUConfig`, aihwkit's tile in C++ that its
guides use, "torch-*" of `TorchInferenceRPUConfig`, its faster one in PyTorch.
"""

import json
import sys
import time

import aihwkit
import torch
from aihwkit.inference import GlobalDriftCompensation, PCMLikeNoiseModel
from aihwkit.nn import AnalogLinear
from aihwkit.simulator.configs import InferenceRPUConfig, TorchInferenceRPUConfig

rows, columns, threads = (int(word) for word in sys.argv[1:4])
torch.set_num_threads(threads)
torch.manual_seed(1)
YEAR = 365 * 86400.0
weights = torch.rand(columns, rows) * 2 - 1
model = PCMLikeNoiseModel(g_max=25.0)
written, exponents = model.apply_programming_noise(weights)



def programmed(kind):
    """A layer on tiles of at most 512 x 512, the size that is aihwkit's own, programmed once."""
    config = kind(noise_model=PCMLikeNoiseModel(g_max=25.0), drift_compensation=GlobalDriftCompensation())
    config.mapping.max_input_size = 512
    config.mapping.max_output_size = 512
    layer = AnalogLinear(rows, columns, bias=False, rpu_config=config)
    layer.set_weights(weights)
    layer.eval()
    layer.program_analog_weights()
    return layer


tile, torch_tile = programmed(InferenceRPUConfig), programmed(TorchInferenceRPUConfig)

jobs = {
    "noise-write": lambda: model.apply_programming_noise(weights),
    "noise-read": lambda: model.apply_drift_noise(written, exponents, YEAR),
    "tile-write": lambda: tile.program_analog_weights(),
    "tile-read": lambda: tile.drift_analog_weights(YEAR),
    "torch-write": lambda: torch_tile.program_analog_weights(),
    "torch-read": lambda: torch_tile.drift_analog_weights(YEAR),
}
print(json.dumps({"ready": f"aihwkit {aihwkit.__version__}, PyTorch {torch.__version__}"}), flush=True)
for line in sys.stdin:
    with torch.no_grad():
        start = time.perf_counter()
        jobs[line.strip()]()
        print(json.dumps({"milliseconds": 1000 * (time.perf_counter() - start)}), flush=True)
