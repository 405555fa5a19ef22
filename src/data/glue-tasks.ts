import type { MetricName } from './metrics.ts';
import type { SplitName, Task } from './task.ts';

/** How GLUE lays out one of its tasks. */
export interface GlueTask extends Pick<Task, 'name' | 'kind' | 'labels' | 'origin' | 'licence'> {
  readonly metrics: readonly MetricName[];
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
  /** What the files write for each class, in order of `labels`; default: the class numbers. */
  readonly written?: readonly string[];
  /** Least and greatest value of a regression. */
  readonly range?: readonly [number, number];
  readonly notes?: readonly string[];
}

const FILES = { train: 'train.tsv', dev: 'dev.tsv' } as const;
const GLUE = 'GLUE (Wang et al., ICLR 2019)';
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
    origin: `Quora Question Pairs, ${GLUE}`,
    licence: "Quora's terms",
  },
  {
    name: 'MNLI',
    kind: 'classification',
    labels: ['entailment', 'neutral', 'contradiction'],
    metrics: ['accuracy'],
    files: { train: 'train.tsv', dev: 'dev_matched.tsv' },
    columns: { header: true, text: 'sentence1', pair: 'sentence2', label: 'gold_label' },
    written: ['entailment', 'neutral', 'contradiction'],
    origin: `MultiNLI (Williams et al., NAACL 2018), ${GLUE}`,
    licence: 'OANC and others, by genre',
    notes: ['dev is dev_matched.tsv; dev_mismatched.tsv is not read'],
  },
];
