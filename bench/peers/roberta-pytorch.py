"""The rival of bench/against-pytorch.ts: a RoBERTa of random weights in PyTorch, eager, with transformers and PEFT.

    python bench/peers/roberta-pytorch.py FOLDER BLOCKS THREADS

First it saves the checkpoint to FOLDER and prints {"ready": versions}. Then it answers a line of JSON for each line read:
"forward", "lora" or "grasp" does that once and says how long it took in milliseconds; "logits" gives those of the clean model;
"memory" gives the most memory that the process has held, in MiB. Each job has a model of its own, made when it is first asked for.
"""

import json
import resource
import sys
import time

import peft
import torch
import transformers
from torch import nn

BATCH, TOKENS, GROUPS = 8, 64, 64
folder, blocks, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(threads)
config = transformers.RobertaConfig(
    vocab_size=50265,
    max_position_embeddings=514,
    type_vocab_size=1,
    num_hidden_layers=blocks,
    layer_norm_eps=1e-5,
    num_labels=2,
    hidden_dropout_prob=0.0,
    attention_probs_dropout_prob=0.0,
    attn_implementation="sdpa",
)
torch.manual_seed(1)
transformers.RobertaForSequenceClassification(config).save_pretrained(folder)
ids = torch.tensor([[0 if t == 0 else 3 + (7919 * (b * TOKENS + t)) % 50000 for t in range(TOKENS)] for b in range(BATCH)])
mask = torch.ones_like(ids)
labels = torch.arange(BATCH) % 2


def loaded():
    return transformers.RobertaForSequenceClassification.from_pretrained(folder)


class Grasp(nn.Module):
    """A scale and a shift, shared within K groups of inputs, in front of a frozen linear layer."""

    def __init__(self, linear):
        super().__init__()
        self.linear = linear
        self.gamma = nn.Parameter(torch.ones(GROUPS))
        self.beta = nn.Parameter(torch.zeros(GROUPS))
        self.register_buffer("group", torch.randperm(linear.in_features) % GROUPS)

    def forward(self, x):
        return self.linear((x - self.beta[self.group]) / self.gamma[self.group])


def forward_job():
    model = loaded().eval()

    def run():
        with torch.inference_mode():
            return model(input_ids=ids, attention_mask=mask).logits

    return run


def training_job(model):
    model.train()
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4, weight_decay=0.0)

    def run():
        optimizer.zero_grad(set_to_none=True)
        model(input_ids=ids, attention_mask=mask, labels=labels).loss.backward()
        optimizer.step()

    return run


def lora_job():
    options = peft.LoraConfig(
        r=8, lora_alpha=16, lora_dropout=0.0, target_modules=["query", "value"], task_type=peft.TaskType.SEQ_CLS
    )
    return training_job(peft.get_peft_model(loaded(), options))


def grasp_job():
    model = loaded()
    for name, parameter in model.named_parameters():
        parameter.requires_grad = name.startswith("classifier.")
    for layer in model.roberta.encoder.layer:
        own, output = layer.attention.self, layer.attention.output
        own.query, own.key, own.value = Grasp(own.query), Grasp(own.key), Grasp(own.value)
        output.dense = Grasp(output.dense)
        layer.intermediate.dense = Grasp(layer.intermediate.dense)
        layer.output.dense = Grasp(layer.output.dense)
    return training_job(model)


makers = {"forward": forward_job, "lora": lora_job, "grasp": grasp_job}
jobs = {}


def answer(value):
    print(json.dumps(value), flush=True)


answer({"ready": f"PyTorch {torch.__version__}, transformers {transformers.__version__}, PEFT {peft.__version__}"})
for line in sys.stdin:
    name = line.strip()
    if name == "memory":
        answer({"mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024})
    elif name == "logits":
        answer({"logits": forward_job()().tolist()})
    else:
        job = jobs.setdefault(name, None) or makers[name]()
        jobs[name] = job
        start = time.perf_counter()
        job()
        answer({"milliseconds": 1000 * (time.perf_counter() - start)})
