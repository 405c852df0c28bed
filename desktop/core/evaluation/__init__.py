"""The knowledge of comparing answers: metrics, statistics, attribution, judging. Pure."""
