import type { HeadActivation } from '../../graph/activate.ts';
import type { EncoderFamily } from './architecture.ts';

/** How a family's checkpoints name the parts of a block, behind the block's own name. */
interface BlockNames {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly attentionOutput: string;
  readonly attentionNorm: string;
  readonly inner: string;
  readonly outer: string;
  readonly outputNorm: string;
}

/** How a family's checkpoints name their tensors. */
export interface LayerNames {
  /** In front of all but the head, in checkpoints of whole models; bare encoders leave it out. */
  readonly prefix: string;
  readonly block: (index: number) => string;
  readonly parts: BlockNames;
  /** The head of a sequence classifier: dense layer, its activation, and the last layer. */
  readonly classifier: {
    /** `pooler` where the head reads the encoder's pooler; else a dense layer of the head's own. */
    readonly dense: string;
    readonly activation: HeadActivation;
    readonly last: string;
  };
}

const BERT: LayerNames = {
  prefix: 'bert.',
  block: (index) => `encoder.layer.${index}`,
  parts: {
    query: 'attention.self.query',
    key: 'attention.self.key',
    value: 'attention.self.value',
    attentionOutput: 'attention.output.dense',
    attentionNorm: 'attention.output.LayerNorm',
    inner: 'intermediate.dense',
    outer: 'output.dense',
    outputNorm: 'output.LayerNorm',
  },
  classifier: { dense: 'pooler', activation: 'Tanh', last: 'classifier' },
};

const ROBERTA: LayerNames = {
  ...BERT,
  prefix: 'roberta.',
  classifier: { dense: 'classifier.dense', activation: 'Tanh', last: 'classifier.out_proj' },
};

const ELECTRA: LayerNames = {
  ...BERT,
  prefix: 'electra.',
  classifier: { dense: 'classifier.dense', activation: 'Gelu', last: 'classifier.out_proj' },
};

const MPNET: LayerNames = {
  ...ROBERTA,
  prefix: 'mpnet.',
  parts: {
    ...BERT.parts,
    query: 'attention.attn.q',
    key: 'attention.attn.k',
    value: 'attention.attn.v',
    attentionOutput: 'attention.attn.o',
    attentionNorm: 'attention.LayerNorm',
  },
};

const DISTILBERT: LayerNames = {
  prefix: 'distilbert.',
  block: (index) => `transformer.layer.${index}`,
  parts: {
    query: 'attention.q_lin',
    key: 'attention.k_lin',
    value: 'attention.v_lin',
    attentionOutput: 'attention.out_lin',
    attentionNorm: 'sa_layer_norm',
    inner: 'ffn.lin1',
    outer: 'ffn.lin2',
    outputNorm: 'output_layer_norm',
  },
  classifier: { dense: 'pre_classifier', activation: 'Relu', last: 'classifier' },
};

export const LAYER_NAMES: Readonly<Record<EncoderFamily, LayerNames>> = {
  bert: BERT,
  roberta: ROBERTA,
  'xlm-roberta': ROBERTA,
  camembert: ROBERTA,
  electra: ELECTRA,
  distilbert: DISTILBERT,
  mpnet: MPNET,
};
