"""How the price of a class is divided."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.models import Earning
from payments.services import splits
from tutorhub.core.money import pct, split_inclusive


class TestArithmetic:
    @given(
        gross=st.integers(100, 10**9),
        commission=st.integers(0, 3000),
        tds=st.sampled_from([0, 10, 500]),
        is_same_state=st.booleans(),
    )
    def test_the_parts_add_up_to_the_paisa(self, gross, commission, tds, is_same_state):
        parts = splits.split(
            gross_paise=gross,
            commission_bps=commission,
            gst_bps=1800,
            is_same_state=is_same_state,
            tds_bps=tds,
        )
        assert parts.net + parts.commission + parts.gst + parts.tds + parts.tcs == gross
        assert parts.net >= 0
        assert sum(parts.gst_parts.values()) == parts.gst
        assert abs(parts.gst - pct(parts.commission, 1800)) <= 1
        assert (parts.gst_parts["igst"] == 0) == is_same_state or parts.gst == 0

    @given(price=st.integers(1, 10**12))
    def test_an_inclusive_price_splits_without_a_rest(self, price):
        base, gst = split_inclusive(price, 1800)
        assert base + gst == price
        assert abs(gst - pct(base, 1800)) <= 1

    def test_two_thousand_random_splits_and_reversals_add_up(self):
        """Also when a class is taken back in pieces: the pieces are what was booked."""
        dice = random.Random(5)
        for _ in range(2_000):
            gross = dice.choice([dice.randint(100, 5_000), dice.randint(100, 10**7)])
            parts = splits.split(
                gross_paise=gross,
                commission_bps=dice.choice([0, 1, 1000, 1500, 2000, 3000]),
                gst_bps=1800,
                is_same_state=dice.random() < 0.5,
                tds_bps=dice.choice([0, 10, 500]),
                tcs_bps=dice.choice([0, 50]),
            )
            booked = splits.columns(parts)
            assert sum(booked[name] for name in splits.PARTS) == gross
            earning = Earning(**booked)
            left = {name: booked[name] for name in splits.PARTS}
            while gross_left := sum(left.values()):
                piece = dice.choice([gross_left, dice.randint(1, gross_left)])
                taken = splits.taken(earning, left, piece)
                assert sum(taken.values()) == piece
                left = {name: left[name] - taken[name] for name in splits.PARTS}
                assert min(left.values()) >= 0 <= min(taken.values())
            assert not any(left.values())

    def test_the_first_piece_is_the_difference_of_two_splits(self):
        rates_ = {"commission_bps": 1500, "gst_bps": 1800, "is_same_state": True, "tds_bps": 10}
        whole = splits.columns(splits.split(gross_paise=100_000, tcs_bps=50, **rates_))
        rest = splits.columns(splits.split(gross_paise=66_667, tcs_bps=50, **rates_))
        left = {name: whole[name] for name in splits.PARTS}
        taken = splits.taken(Earning(**whole), left, 33_333)
        assert taken == {name: whole[name] - rest[name] for name in splits.PARTS}

    def test_a_registered_tutor_has_tax_collected_of_the_price_without_gst(self):
        parts = splits.split(
            gross_paise=118_000,
            commission_bps=1500,
            gst_bps=1800,
            is_same_state=True,
            tds_bps=0,
            tcs_bps=50,
        )
        assert parts.tcs == 500

    def test_the_worked_example(self):
        parts = splits.split(
            gross_paise=100_000, commission_bps=1500, gst_bps=1800, is_same_state=True, tds_bps=10
        )
        assert (parts.commission, parts.gst, parts.tds, parts.net) == (15_000, 2_700, 100, 82_200)
        assert parts.gst_parts == {"cgst": 1_350, "sgst": 1_350, "igst": 0}

    def test_more_taken_than_there_is_raises(self):
        with pytest.raises(ValueError):
            splits.split(
                gross_paise=100, commission_bps=9000, gst_bps=1800, is_same_state=True, tds_bps=500
            )
