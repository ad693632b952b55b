"""Name → metric, in the order of a report. To add one: a new file, and a line here."""

from eval.metrics.answered import ANSWERED, OVER_REFUSAL, UNDER_REFUSAL
from eval.metrics.aurc import AURC
from eval.metrics.citation_precision import CITATION_PRECISION
from eval.metrics.citation_recall import CITATION_RECALL
from eval.metrics.cost import TOKENS_IN, TOKENS_OUT, USD
from eval.metrics.facts import FACTS
from eval.metrics.faithfulness import FAITHFULNESS
from eval.metrics.forbidden import FORBIDDEN
from eval.metrics.freshness import FRESHNESS
from eval.metrics.gold_source import GOLD_SOURCE
from eval.metrics.quote_fidelity import QUOTE_FIDELITY
from eval.metrics.retrieval import NDCG, RECALL, RECIPROCAL_RANK, SUCCESS
from eval.metrics.right import RIGHT
from eval.metrics.squad import EXACT_MATCH, TOKEN_F1
from eval.metrics.whole_words import WHOLE_WORDS
from eval.schema import Metric

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        *(RIGHT, ANSWERED, OVER_REFUSAL, UNDER_REFUSAL, AURC),
        *(FACTS, FORBIDDEN),
        *(QUOTE_FIDELITY, WHOLE_WORDS, FRESHNESS, CITATION_RECALL, CITATION_PRECISION, FAITHFULNESS, GOLD_SOURCE),
        *(NDCG, RECIPROCAL_RANK, RECALL, SUCCESS),
        *(EXACT_MATCH, TOKEN_F1),
        *(TOKENS_IN, TOKENS_OUT, USD),
    )
}
