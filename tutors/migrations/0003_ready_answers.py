"""The first words for answers. Moderators keep them from here on in the back office."""

from typing import Any

from django.db import migrations

ANSWERS = [
    (
        "reject",
        "",
        "Say more",
        "Please say in a few sentences how you teach, and whom. Families decide by that.",
        "कृपया कुछ वाक्यों में बताइए कि आप किसे और कैसे पढ़ाते हैं। परिवार इसी से तय करते हैं।",
    ),
    (
        "reject",
        "",
        "Name differs",
        "The name of your profile is not the one on your proof of identity. Please use that one.",
        "आपकी प्रोफ़ाइल का नाम आपके पहचान प्रमाण के नाम से अलग है। कृपया वही नाम लिखें।",
    ),
    (
        "reject",
        "",
        "Phone number in the text",
        "Please take phone numbers, e-mail and web addresses out of your profile.",
        "कृपया प्रोफ़ाइल से फ़ोन नंबर, ई-मेल और वेब पते हटा दें।",
    ),
    (
        "refuse",
        "",
        "Blurred",
        "We cannot read this paper. Please take the photo again in good light, without flash.",
        "हम यह काग़ज़ पढ़ नहीं पा रहे। कृपया अच्छी रोशनी में, बिना फ़्लैश के फिर से फ़ोटो लें।",
    ),
    (
        "refuse",
        "",
        "Cut off",
        "A part of this paper is cut off. All four corners have to be in the photo.",
        "इस काग़ज़ का एक हिस्सा कटा हुआ है। फ़ोटो में चारों कोने दिखने चाहिए।",
    ),
    (
        "refuse",
        "",
        "Another name",
        "This paper is in another name than your profile. If you changed your name, send us proof.",
        "इस काग़ज़ पर नाम आपकी प्रोफ़ाइल से अलग है। अगर आपने नाम बदला है तो उसका प्रमाण भेजें।",
    ),
    (
        "refuse",
        "",
        "Out of date",
        "This paper is past its last day. Please send one that is good today.",
        "इस काग़ज़ की अवधि ख़त्म हो चुकी है। कृपया ऐसा काग़ज़ भेजें जो आज मान्य हो।",
    ),
    (
        "refuse",
        "identity",
        "Aadhaar number",
        "Please cover the first eight digits of the Aadhaar number and send the photo again.",
        "कृपया आधार नंबर के पहले आठ अंक ढककर फ़ोटो फिर से भेजें।",
    ),
    (
        "refuse",
        "degree",
        "Not the certificate",
        "This is a mark sheet of one year. Please send the degree or the final certificate.",
        "यह एक साल की अंकसूची है। कृपया डिग्री या अंतिम प्रमाणपत्र भेजें।",
    ),
    (
        "suspend",
        "",
        "Complaints",
        "Families have complained. We do not show your profile until we have looked into it.",
        "परिवारों ने शिकायत की है। जाँच पूरी होने तक हम आपकी प्रोफ़ाइल नहीं दिखाएँगे।",
    ),
    (
        "suspend",
        "",
        "Papers in doubt",
        "We have doubts about one of your papers. Please write to us.",
        "आपके एक काग़ज़ के बारे में हमें संदेह है। कृपया हमें लिखें।",
    ),
    (
        "restore",
        "",
        "Cleared up",
        "We have looked into it and it is cleared up. Thank you for your patience.",
        "हमने जाँच कर ली है और बात साफ़ हो गई है। धैर्य के लिए धन्यवाद।",
    ),
    (
        "photo",
        "",
        "No clear face",
        "Please send a photo on which your face is seen clearly, and nobody else.",
        "कृपया ऐसी फ़ोटो भेजें जिसमें सिर्फ़ आपका चेहरा साफ़ दिखे।",
    ),
    (
        "photo",
        "",
        "Words on the photo",
        "Please send a photo without phone numbers, names of institutes or other words.",
        "कृपया ऐसी फ़ोटो भेजें जिस पर फ़ोन नंबर, संस्थान का नाम या कुछ और न लिखा हो।",
    ),
]


def fill(apps: Any, _schema_editor: Any) -> None:
    AnswerTemplate = apps.get_model("tutors", "AnswerTemplate")
    AnswerTemplate.objects.bulk_create(
        AnswerTemplate(
            use=use, paper=paper, title=title, text_en=english, text_hi=hindi, position=number
        )
        for number, (use, paper, title, english, hindi) in enumerate(ANSWERS)
    )


def empty(apps: Any, _schema_editor: Any) -> None:
    apps.get_model("tutors", "AnswerTemplate").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("tutors", "0002_search_entries")]

    operations = [migrations.RunPython(fill, empty)]
