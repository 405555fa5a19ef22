"""What transformers says of texts, for bench/against-transformers.ts: answers a line of JSON for each line read.

    python outputs-transformers.py FOLDER               # a checkpoint
    python outputs-transformers.py FOLDER FAMILY FROM   # first makes one there: random weights, the tokenizer's files of FROM

Lines read: {"text", "pair"?}. Answers: ids, hidden [T][D], pooled [D], and logits of a sequence classifier.
"""
import json, os, shutil, sys
import torch, transformers
from transformers import AutoConfig, AutoModel, AutoModelForSequenceClassification, AutoTokenizer

folder = sys.argv[1]
if len(sys.argv) > 2:
    family, source = sys.argv[2:4]
    os.makedirs(folder, exist_ok=True)
    for file in ("tokenizer.json", "vocab.txt", "vocab.json", "merges.txt"):
        if os.path.exists(os.path.join(source, file)):
            shutil.copy(os.path.join(source, file), folder)
    limit = 512
    shape = dict(hidden_size=96, num_hidden_layers=3, num_attention_heads=4, intermediate_size=192, max_position_embeddings=limit)
    if family in ("roberta", "xlm-roberta", "camembert", "mpnet"):
        shape["max_position_embeddings"] = limit + 2
    if family in ("roberta", "xlm-roberta", "camembert"):
        shape.update(type_vocab_size=1, layer_norm_eps=1e-5)
    if family == "distilbert":
        shape = dict(dim=96, n_layers=3, n_heads=4, hidden_dim=192, max_position_embeddings=limit)
    if family == "gpt2":
        shape = dict(n_embd=96, n_layer=3, n_head=4, n_positions=limit, pad_token_id=0)
    with open(os.path.join(folder, "tokenizer_config.json"), "w") as f:
        json.dump({"model_max_length": limit}, f)
    with open(os.path.join(folder, "config.json"), "w") as f:
        json.dump({"model_type": family}, f)
    size = len(AutoTokenizer.from_pretrained(folder))
    torch.manual_seed(0)
    config = AutoConfig.for_model(family, vocab_size=size, num_labels=3, **shape)
    made = AutoModelForSequenceClassification.from_config(config)
    for name, weight in made.named_parameters():
        isNorm = name.endswith("norm.weight") or "LayerNorm.weight" in name or (".ln_" in name and name.endswith("weight"))
        torch.nn.init.normal_(weight, 1.0 if isNorm else 0.0, 0.15)
    made.save_pretrained(folder)

from safetensors import safe_open
names = set()
for file in os.listdir(folder):
    if file.endswith(".safetensors"):
        with safe_open(os.path.join(folder, file), "pt") as f:
            names.update(f.keys())
config = AutoConfig.from_pretrained(folder)
tokenizer = AutoTokenizer.from_pretrained(folder)
isClassifier = any(str(name).endswith("ForSequenceClassification") for name in config.architectures or [])
model = (AutoModelForSequenceClassification if isClassifier else AutoModel).from_pretrained(folder).eval()
base = model.base_model if isClassifier else model
pooling = {}
if os.path.exists(os.path.join(folder, "1_Pooling", "config.json")):
    pooling = json.load(open(os.path.join(folder, "1_Pooling", "config.json")))
hasPooler = any(name.endswith("pooler.dense.weight") for name in names)
positions = getattr(config, "max_position_embeddings", None) or config.n_positions
if config.model_type in ("roberta", "xlm-roberta", "camembert", "mpnet"):
    positions -= config.pad_token_id + 1
limit = min(positions, tokenizer.model_max_length)

print(json.dumps({"ready": f"transformers {transformers.__version__}, torch {torch.__version__}"}), flush=True)
for line in sys.stdin:
    line = json.loads(line)
    feed = tokenizer(line["text"], line.get("pair"), truncation="longest_first", max_length=limit, return_tensors="pt")
    with torch.no_grad():
        out = base(**feed)
        logits = model(**feed).logits[0] if isClassifier else None
    hidden = out.last_hidden_state[0]
    if pooling.get("pooling_mode_mean_tokens"):
        pooled = hidden.mean(0)
    elif config.model_type == "gpt2":
        # As the classifier: the last token that is not the padding's.
        pooled = hidden[max(k for k, id in enumerate(feed["input_ids"][0].tolist()) if id != config.pad_token_id or k == 0)]
    else:
        isOwn = hasPooler and not pooling.get("pooling_mode_cls_token")
        pooled = out.pooler_output[0] if isOwn else hidden[0]
    answer = {"ids": feed["input_ids"][0].tolist(), "hidden": hidden.flatten().tolist(), "pooled": pooled.tolist()}
    print(json.dumps(answer if logits is None else {**answer, "logits": logits.tolist()}), flush=True)
