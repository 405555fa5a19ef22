"""The rival of bench/against-aihwkit.ts: phase-change memory in aihwkit, on one layer.

    python bench/peers/noise-aihwkit.py ROWS COLUMNS THREADS

First it prints {"ready": versions}. Then it answers a line of JSON for each line read, each with a time in milliseconds: "noise-write" and
"noise-read" run the noise model alone on a tensor of weights (writing; ageing and reading), "tile-write" and "tile-read" the whole
`program_weights` and `drift_weights` of an inference tile with global drift compensation.
"""

import json
import sys
import time

import aihwkit
import torch
from aihwkit.inference import GlobalDriftCompensation, PCMLikeNoiseModel
from aihwkit.nn import AnalogLinear
from aihwkit.simulator.configs import TorchInferenceRPUConfig

rows, columns, threads = (int(word) for word in sys.argv[1:4])
torch.set_num_threads(threads)
torch.manual_seed(1)
YEAR = 365 * 86400.0
weights = torch.rand(columns, rows) * 2 - 1
model = PCMLikeNoiseModel(g_max=25.0)
written, exponents = model.apply_programming_noise(weights)

config = TorchInferenceRPUConfig(noise_model=PCMLikeNoiseModel(g_max=25.0), drift_compensation=GlobalDriftCompensation())
config.mapping.max_input_size = 512
config.mapping.max_output_size = 512
layer = AnalogLinear(rows, columns, bias=False, rpu_config=config)
layer.set_weights(weights)
layer.eval()
layer.program_analog_weights()

jobs = {
    "noise-write": lambda: model.apply_programming_noise(weights),
    "noise-read": lambda: model.apply_drift_noise(written, exponents, YEAR),
    "tile-write": lambda: layer.program_analog_weights(),
    "tile-read": lambda: layer.drift_analog_weights(YEAR),
}
print(json.dumps({"ready": f"aihwkit {aihwkit.__version__}, PyTorch {torch.__version__}"}), flush=True)
for line in sys.stdin:
    with torch.no_grad():
        start = time.perf_counter()
        jobs[line.strip()]()
        print(json.dumps({"milliseconds": 1000 * (time.perf_counter() - start)}), flush=True)
