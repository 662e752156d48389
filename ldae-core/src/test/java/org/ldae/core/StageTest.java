package org.ldae.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StageTest {

    @Test
    void timeLeftIsToldFromTheSecondUnitOnAsTheFirstMeetsColdCode() {
        List<Double> left = new ArrayList<>();
        Stage stage = new Stage("train", 1000, event -> left.add(event.secondsLeft()));
        stage.at(1);
        stage.at(2);
        stage.at(1000);
        assertTrue(left.get(0).isNaN(), left::toString);
        assertTrue(left.get(1) >= 0, left::toString);
        assertEquals(0, left.get(2));
    }

    @Test
    void anOnlyUnitLeavesNothing() {
        List<Double> left = new ArrayList<>();
        new Stage("fit", 1, event -> left.add(event.secondsLeft())).at(1);
        assertEquals(List.of(0.0), left);
    }
}
