"""The house rules that a linter of imports cannot see."""

from django.apps import apps

ORDER = [
    ["core"],
    ["notifications"],
    ["accounts"],
    ["curriculum"],
    ["payments"],
    ["students", "tutors"],
    ["marketplace"],
    ["learning", "ads"],
    ["site"],
]
LEVEL = {label: level for level, labels in enumerate(ORDER) for label in labels}


def own_foreign_keys():
    for model in apps.get_models():
        if model._meta.app_label not in LEVEL:
            continue
        for field in model._meta.get_fields():
            if field.concrete and field.is_relation and field.related_model:
                target = field.related_model._meta.app_label
                if target in LEVEL and target != model._meta.app_label:
                    yield f"{model._meta.label}.{field.name}", model._meta.app_label, target


def test_foreign_keys_point_downward():
    keys = list(own_foreign_keys())
    assert len(keys) > 5
    assert [name for name, here, there in keys if LEVEL[there] >= LEVEL[here]] == []


def test_every_status_lists_its_transitions():
    """A model with a `Status` has one TRANSITIONS dict that covers it, and a check constraint."""
    found = 0
    for model in apps.get_models():
        if model._meta.app_label not in LEVEL or not hasattr(model, "Status"):
            continue
        found += 1
        assert set(model.TRANSITIONS) == set(model.Status), model
        for targets in model.TRANSITIONS.values():
            assert set(targets) <= set(model.Status), model
        names = [constraint.name for constraint in model._meta.constraints]
        assert any("status" in name for name in names), f"{model} has no constraint on status"
    assert found >= 5
