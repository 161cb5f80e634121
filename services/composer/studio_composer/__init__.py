"""The composer: the film from its clips and sounds."""
