from tutors.forms import saving
from tutors.forms.chips import chips
from tutors.forms.documents import DocumentForm, PhotoForm
from tutors.forms.profiles import ProfileForms
from tutors.forms.search import SearchForm

__all__ = ["DocumentForm", "PhotoForm", "ProfileForms", "SearchForm", "chips", "saving"]
