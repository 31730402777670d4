"""One node per thing: names become identifiers, and records of the same thing are found and joined.

``lookup`` finds the record that a name means. The rest finds records that mean one thing: ``blocking`` proposes
pairs, a comparer per kind (``cities``, ``organisations``, ``practices``) scores them with reasons, ``pairs`` turns
scores into verdicts, ``decisions`` keeps what was decided and by whom, ``aliases`` makes one node of what was merged.
Nothing is ever overwritten: a merged record stays in its named graph, under its own identifier.
"""

from bufgraph_ingest.reconciliation.lookup import Reconciler, UnknownNameError

__all__ = ["Reconciler", "UnknownNameError"]
