"""The first notice, in English and Hindi. A new version is a migration of its own."""

from django.db import migrations

VERSION = "2026-11-01"

ENGLISH = (
    "What we keep about you and your child, and why",
    [
        (
            "What we keep, and why",
            [
                "Your name and mobile number: to sign you in and to tell you about classes.",
                "The child's name, class, board, subjects, goals, languages, free hours and PIN code:"
                " to find tutors who fit. Only with a parent's or guardian's consent.",
                "Name, number and relation of the parent or guardian who agrees, and the day: as"
                " proof of the consent.",
                "Payments: to keep the accounts that the law asks for.",
                "Tutors' papers, bank account or UPI and PAN: to check and to pay them. Staff open"
                " papers through links that expire, and each look is recorded.",
                "Sign-ins with IP address: to notice fraud.",
            ],
        ),
        (
            "Purpose 1: the profile, and asking tutors",
            [
                "We keep the child's profile and show tutors who may answer the class, board,"
                " subject, area, budget and your note. They see no name and no number.",
            ],
        ),
        (
            "Purpose 2: classes",
            [
                "A tutor whom you have booked and paid sees the child's first name, class and area,"
                " and your name and number, so that the class can be held.",
                "Thirty days after the last class the tutor sees the first name only.",
            ],
        ),
        (
            "Withdrawing",
            [
                "You can withdraw the consent to each purpose at any time, as easily as you gave it,"
                " under Consents in your account.",
                "Nothing new starts then. Coming classes are called off and all their money comes"
                " back; a class that has begun is finished.",
            ],
        ),
        (
            "What we do not do",
            [
                "We do not follow children around and show them no aimed advertising.",
                "No page loads a tracker from anybody else.",
                "We never ask for Aadhaar.",
            ],
        ),
        (
            "Others who help us",
            [
                "Payment details go to our payment company Razorpay; messages to WhatsApp and SMS"
                " companies.",
            ],
        ),
        (
            "Your rights",
            [
                "You can see, correct and erase what we keep about you and your child, and complain"
                " to us and to the Data Protection Board of India.",
                "Records of money stay as long as the law asks, without names once the account is"
                " erased.",
                "Write to privacy@tutorhub.example.",
            ],
        ),
    ],
)

HINDI = (
    "हम आपके और आपके बच्चे के बारे में क्या रखते हैं, और क्यों",
    [
        (
            "हम क्या रखते हैं, और क्यों",
            [
                "आपका नाम और मोबाइल नंबर: साइन इन के लिए और क्लास की जानकारी देने के लिए।",
                "बच्चे का नाम, कक्षा, बोर्ड, विषय, लक्ष्य, भाषाएँ, खाली समय और पिन कोड: सही ट्यूटर"
                " खोजने के लिए। केवल माता-पिता या अभिभावक की सहमति से।",
                "सहमति देने वाले माता-पिता या अभिभावक का नाम, नंबर, रिश्ता और तारीख: सहमति के"
                " प्रमाण के लिए।",
                "भुगतान: कानून के अनुसार हिसाब रखने के लिए।",
                "ट्यूटर के कागज़, बैंक खाता या UPI और PAN: जाँच और भुगतान के लिए। कर्मचारी कागज़ ऐसे"
                " लिंक से देखते हैं जो समाप्त हो जाते हैं, और हर बार देखना दर्ज होता है।",
                "IP पते के साथ साइन इन: धोखाधड़ी पकड़ने के लिए।",
            ],
        ),
        (
            "उद्देश्य 1: प्रोफ़ाइल, और ट्यूटर से पूछना",
            [
                "हम बच्चे की प्रोफ़ाइल रखते हैं, और जो ट्यूटर उत्तर दे सकते हैं उन्हें कक्षा, बोर्ड,"
                " विषय, इलाका, बजट और आपका नोट दिखाते हैं। उन्हें न नाम दिखता है, न नंबर।",
            ],
        ),
        (
            "उद्देश्य 2: क्लास",
            [
                "जिस ट्यूटर को आपने बुक करके भुगतान किया है, उसे बच्चे का पहला नाम, कक्षा और इलाका,"
                " और आपका नाम और नंबर दिखता है, ताकि क्लास हो सके।",
                "आखिरी क्लास के तीस दिन बाद ट्यूटर को केवल पहला नाम दिखता है।",
            ],
        ),
        (
            "सहमति वापस लेना",
            [
                "आप हर उद्देश्य की सहमति कभी भी उतनी ही आसानी से वापस ले सकते हैं जितनी आसानी से दी"
                " थी: अपने खाते में “सहमतियाँ” के नीचे।",
                "उसके बाद कुछ नया शुरू नहीं होता। आने वाली क्लास रद्द होती हैं और उनका पूरा पैसा वापस"
                " आता है; जो क्लास शुरू हो चुकी है, वह पूरी होती है।",
            ],
        ),
        (
            "हम क्या नहीं करते",
            [
                "हम बच्चों पर नज़र नहीं रखते और उन्हें निशाना बनाकर विज्ञापन नहीं दिखाते।",
                "किसी पन्ने पर किसी और का ट्रैकर नहीं है।",
                "हम आधार कभी नहीं माँगते।",
            ],
        ),
        (
            "जो हमारी मदद करते हैं",
            [
                "भुगतान की जानकारी हमारी भुगतान कंपनी Razorpay को जाती है; संदेश WhatsApp और SMS"
                " कंपनियों को।",
            ],
        ),
        (
            "आपके अधिकार",
            [
                "आप देख, सुधार और मिटा सकते हैं कि हम आपके और बच्चे के बारे में क्या रखते हैं, और"
                " हमसे तथा भारत के डेटा संरक्षण बोर्ड से शिकायत कर सकते हैं।",
                "पैसे का हिसाब कानून के अनुसार रहता है, खाता मिटने के बाद बिना नाम के।",
                "लिखें: privacy@tutorhub.example",
            ],
        ),
    ],
)


def publish(apps, schema_editor):
    notice = apps.get_model("accounts", "ConsentNotice")
    for language, (title, sections) in (("en", ENGLISH), ("hi", HINDI)):
        notice.objects.get_or_create(
            version=VERSION,
            language=language,
            defaults={
                "title": title,
                "sections": [{"title": head, "points": points} for head, points in sections],
            },
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_consent_rules")]

    operations = [migrations.RunPython(publish, migrations.RunPython.noop)]
