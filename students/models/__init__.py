from students.models.families import Family, Guardian
from students.models.learners import Learner, Mode

__all__ = ["Family", "Guardian", "Learner", "Mode"]
