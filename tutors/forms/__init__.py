from tutors.forms.documents import DocumentForm
from tutors.forms.profiles import ProfileForms
from tutors.forms.search import SearchForm

__all__ = ["DocumentForm", "ProfileForms", "SearchForm"]
