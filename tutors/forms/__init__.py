from tutors.forms import saving
from tutors.forms.chips import chips
from tutors.forms.documents import DocumentForm, PhotoForm
from tutors.forms.offerings import SubjectRows
from tutors.forms.search import SearchForm

__all__ = ["DocumentForm", "PhotoForm", "SearchForm", "SubjectRows", "chips", "saving"]
