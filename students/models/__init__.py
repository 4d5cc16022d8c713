from students.models.families import Family, FamilyMember, Guardian, GuardianInvite
from students.models.learners import Learner, Mode

__all__ = ["Family", "FamilyMember", "Guardian", "GuardianInvite", "Learner", "Mode"]
