import type { MetricName } from './metrics.ts';
import type { SplitName, Task } from './task.ts';

/** How GLUE lays out one of its tasks. */
export interface GlueTask extends Pick<Task, 'name' | 'kind' | 'labels' | 'origin' | 'licence'> {
  readonly metrics: readonly MetricName[];
  /** The folder's name in GLUE's layout; default: the task's. */
  readonly folder?: string;
  readonly files: Readonly<Partial<Record<SplitName, string>>>;
  /** Columns by name in the header; by position where the files have none. */
  readonly columns: {
    readonly header: boolean;
    readonly text: string | number;
    readonly pair?: string;
    readonly label: string | number;
    /** Number of columns, of files without a header. */
    readonly width?: number;
  };
  /** How Hugging Face's copy has it, in Parquet: the folder, its columns beside `label`, and the names of its splits. */
  readonly hub: {
    readonly name: string;
    readonly text: string;
    readonly pair?: string;
    readonly splits: Readonly<Record<SplitName, string>>;
  };
  /** What the files write for each class, in order of `labels`; default: the class numbers. */
  readonly written?: readonly string[];
  /** Least and greatest value of a regression. */
  readonly range?: readonly [number, number];
  readonly notes?: readonly string[];
}

const FILES = { train: 'train.tsv', dev: 'dev.tsv' } as const;
const HUB = { train: 'train', dev: 'validation', test: 'test' } as const;
const GLUE = 'GLUE (Wang et al., ICLR 2019)';
const NLI = ['entailment', 'neutral', 'contradiction'] as const;
const ENTAILMENT = ['entailment', 'not_entailment'] as const;

/** Class numbers as in Hugging Face's copy of GLUE, so that public checkpoints fit. */
export const GLUE_TASKS: readonly GlueTask[] = [
  {
    name: 'SST-2',
    kind: 'classification',
    labels: ['negative', 'positive'],
    metrics: ['accuracy'],
    files: FILES,
    columns: { header: true, text: 'sentence', label: 'label' },
    hub: { name: 'sst2', text: 'sentence', splits: HUB },
    origin: `Stanford Sentiment Treebank (Socher et al., EMNLP 2013), ${GLUE}`,
    licence: 'none stated; citation asked',
  },
  {
    name: 'CoLA',
    kind: 'classification',
    labels: ['unacceptable', 'acceptable'],
    metrics: ['matthews', 'accuracy'],
    files: FILES,
    columns: { header: false, text: 3, label: 1, width: 4 },
    hub: { name: 'cola', text: 'sentence', splits: HUB },
    origin: `Corpus of Linguistic Acceptability (Warstadt et al., TACL 2019), ${GLUE}`,
    licence: 'none stated; text from published works, for research',
  },
  {
    name: 'MRPC',
    kind: 'classification',
    labels: ['not_equivalent', 'equivalent'],
    metrics: ['accuracy', 'f1'],
    files: FILES,
    columns: { header: true, text: '#1 String', pair: '#2 String', label: 'Quality' },
    hub: { name: 'mrpc', text: 'sentence1', pair: 'sentence2', splits: HUB },
    origin: `Microsoft Research Paraphrase Corpus (Dolan and Brockett, IWP 2005), ${GLUE}`,
    licence: 'Microsoft Research licence',
  },
  {
    name: 'RTE',
    kind: 'classification',
    labels: ENTAILMENT,
    metrics: ['accuracy'],
    files: FILES,
    columns: { header: true, text: 'sentence1', pair: 'sentence2', label: 'label' },
    hub: { name: 'rte', text: 'sentence1', pair: 'sentence2', splits: HUB },
    written: ENTAILMENT,
    origin: `Recognizing Textual Entailment 1-3 and 5, ${GLUE}`,
    licence: 'none stated',
  },
  {
    name: 'STS-B',
    kind: 'regression',
    labels: [],
    metrics: ['pearson', 'spearman'],
    files: FILES,
    columns: { header: true, text: 'sentence1', pair: 'sentence2', label: 'score' },
    hub: { name: 'stsb', text: 'sentence1', pair: 'sentence2', splits: HUB },
    range: [0, 5],
    origin: `Semantic Textual Similarity Benchmark (Cer et al., SemEval 2017), ${GLUE}`,
    licence: 'scores CC BY-SA 4.0; each text source its own terms',
  },
  {
    name: 'WNLI',
    kind: 'classification',
    labels: ['not_entailment', 'entailment'],
    metrics: ['accuracy'],
    files: FILES,
    columns: { header: true, text: 'sentence1', pair: 'sentence2', label: 'label' },
    hub: { name: 'wnli', text: 'sentence1', pair: 'sentence2', splits: HUB },
    origin: `Winograd Schema Challenge (Levesque et al., KR 2012), ${GLUE}`,
    licence: 'none stated',
  },
  {
    name: 'QNLI',
    kind: 'classification',
    labels: ENTAILMENT,
    metrics: ['accuracy'],
    files: FILES,
    columns: { header: true, text: 'question', pair: 'sentence', label: 'label' },
    hub: { name: 'qnli', text: 'question', pair: 'sentence', splits: HUB },
    written: ENTAILMENT,
    origin: `SQuAD (Rajpurkar et al., EMNLP 2016), ${GLUE}`,
    licence: 'none stated',
  },
  {
    name: 'QQP',
    kind: 'classification',
    labels: ['not_duplicate', 'duplicate'],
    metrics: ['accuracy', 'f1'],
    files: FILES,
    columns: { header: true, text: 'question1', pair: 'question2', label: 'is_duplicate' },
    hub: { name: 'qqp', text: 'question1', pair: 'question2', splits: HUB },
    origin: `Quora Question Pairs, ${GLUE}`,
    licence: "Quora's terms",
  },
  ...(['matched', 'mismatched'] as const).map(mnli),
];

/** MultiNLI has two dev sets: from the genres of its training set, and from others. */
function mnli(genres: 'matched' | 'mismatched'): GlueTask {
  return {
    name: genres === 'matched' ? 'MNLI' : 'MNLI-mm',
    kind: 'classification',
    labels: NLI,
    metrics: ['accuracy'],
    files: { train: 'train.tsv', dev: `dev_${genres}.tsv` },
    folder: 'MNLI',
    columns: { header: true, text: 'sentence1', pair: 'sentence2', label: 'gold_label' },
    hub: {
      name: 'mnli',
      text: 'premise',
      pair: 'hypothesis',
      splits: { train: 'train', dev: `validation_${genres}`, test: `test_${genres}` },
    },
    written: NLI,
    origin: `MultiNLI (Williams et al., NAACL 2018), ${GLUE}`,
    licence: 'OANC and others, by genre',
    notes: [
      genres === 'matched'
        ? 'dev is the matched one; task MNLI-mm has the mismatched'
        : 'dev is the mismatched one; task MNLI has the matched',
    ],
  };
}
