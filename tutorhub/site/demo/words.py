"""The words demo data is made of. People are invented; cities and PIN codes are real."""

from dataclasses import dataclass

CITIES: dict[str, list[str]] = {
    "Bengaluru": ["560034", "560001", "560038", "560102", "560076", "560095"],
    "Mumbai": ["400050", "400076", "400001", "400053"],
    "Delhi": ["110016", "110001", "110024", "110085"],
    "Chennai": ["600020", "600040", "600004"],
    "Kolkata": ["700019", "700064", "700091"],
    "Hyderabad": ["500034", "500081", "500072"],
    "Pune": ["411004", "411038", "411045"],
    "Ahmedabad": ["380009", "380015", "380054"],
    "Jaipur": ["302001", "302017", "302020"],
    "Lucknow": ["226001", "226010", "226016"],
    "Kochi": ["682016", "682020", "682025"],
    "Guwahati": ["781001", "781005", "781006"],
}

TUTOR_NAMES: list[tuple[str, str]] = [
    ("Meera", "female"),
    ("Arjun", "male"),
    ("Fatima", "female"),
    ("Rohan", "male"),
    ("Lakshmi", "female"),
    ("Joseph", "male"),
    ("Ananya", "female"),
    ("Imran", "male"),
    ("Kavita", "female"),
    ("Suresh", "male"),
    ("Gurpreet", "female"),
    ("Debashish", "male"),
    ("Nandini", "female"),
    ("Vikram", "male"),
    ("Sneha", "female"),
    ("Thomas", "male"),
    ("Pooja", "female"),
    ("Harish", "male"),
    ("Zoya", "female"),
    ("Manoj", "male"),
]

SURNAMES: list[str] = [
    "Iyer",
    "Kulkarni",
    "Sheikh",
    "Mehta",
    "Nair",
    "Mathew",
    "Banerjee",
    "Ansari",
    "Sharma",
    "Reddy",
    "Kaur",
    "Das",
    "Rao",
    "Singh",
    "Patil",
    "Fernandes",
    "Gupta",
    "Menon",
]

CHILDREN: list[str] = [
    "Aarav",
    "Diya",
    "Kabir",
    "Ishita",
    "Vivaan",
    "Sara",
    "Aditya",
    "Myra",
    "Reyansh",
    "Anika",
    "Zain",
    "Tara",
]

GUARDIANS: list[str] = [
    "Priya",
    "Rajesh",
    "Sunita",
    "Amit",
    "Farah",
    "Deepak",
    "Anjali",
    "George",
    "Rekha",
    "Sanjay",
]


@dataclass(frozen=True)
class Speciality:
    """What a tutor teaches, and says about it."""

    subjects: tuple[str, ...]
    grades: tuple[int, int]
    headline: str
    bio: str
    degree: str


SPECIALITIES: list[Speciality] = [
    Speciality(
        subjects=("physics", "maths"),
        grades=(9, 12),
        headline="Physics and Maths for classes 9 to 12, numericals first",
        bio="I start from the question a student got wrong and work back to the idea behind it. "
        "Weekly tests, every mistake discussed.",
        degree="M.Sc. Physics",
    ),
    Speciality(
        subjects=("maths",),
        grades=(6, 10),
        headline="Maths without fear, classes 6 to 10",
        bio="Short classes, many worked examples, and homework that takes twenty minutes. "
        "Parents get a note after every chapter.",
        degree="B.Ed. Mathematics",
    ),
    Speciality(
        subjects=("chemistry", "biology"),
        grades=(9, 12),
        headline="Chemistry and Biology, boards and NEET foundations",
        bio="Diagrams drawn together, reactions understood and not learnt by heart. "
        "Previous years' papers from the second month on.",
        degree="M.Sc. Biochemistry",
    ),
    Speciality(
        subjects=("english", "social-science"),
        grades=(5, 10),
        headline="English and Social Science, writing that earns marks",
        bio="We read one good page aloud in every class and write one. Grammar comes out of what "
        "the student wrote, not out of a list.",
        degree="M.A. English",
    ),
    Speciality(
        subjects=("hindi", "sanskrit"),
        grades=(3, 10),
        headline="Hindi and Sanskrit, from the first letters to the boards",
        bio="Stories, songs and then grammar. Children who speak another language at home are "
        "welcome.",
        degree="M.A. Hindi",
    ),
    Speciality(
        subjects=("accountancy", "economics"),
        grades=(11, 12),
        headline="Accountancy and Economics for class 11 and 12",
        bio="A working accountant who teaches in the evenings. Real bills, real ledgers, and the "
        "board's pattern of questions.",
        degree="M.Com.",
    ),
    Speciality(
        subjects=("science", "maths"),
        grades=(6, 8),
        headline="Science and Maths for the middle classes",
        bio="Kitchen experiments, then the textbook. I teach the years in which children decide "
        "whether they like science.",
        degree="B.Sc. B.Ed.",
    ),
    Speciality(
        subjects=("computer-science",),
        grades=(6, 12),
        headline="Computer Science and first programs in Python",
        bio="Every class ends with something that runs. Board practicals and projects included.",
        degree="B.Tech. Computer Science",
    ),
]

REVIEWS: list[tuple[int, str]] = [
    (5, "Explains slowly and checks that it was understood. My daughter asks for the next class."),
    (5, "Always on time, sends the homework the same evening."),
    (4, "Good teacher. We would like a few more tests."),
    (5, "Marks went from 58 to 81 in one term."),
    (4, "Patient, and honest about what still needs work."),
    (3, "Knows the subject well; the first classes were a little fast for us."),
]
