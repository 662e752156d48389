package org.ldae.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.ldae.core.ImageShape;
import org.ldae.deconstruction.Preset;

class SpellingTest {

    @Test
    void theNearestNameComesFirst() {
        List<String> known = List.of("mae", "image-input", "original-image", "no-labels");
        assertEquals("original-image", Spelling.nearest("orginal-image", known).get(0));
        assertEquals("image-input", Spelling.nearest("image-inptu", known).get(0));
        assertEquals(3, Spelling.nearest("", known).size());
    }

    @Test
    void aNameOfNoTrialIsAnsweredWithTheNearest() {
        String message = refused("orginal-image");
        assertTrue(
                message.startsWith("no step, control or ablation is called 'orginal-image'; nearest: original-image,"),
                message);
        assertTrue(message.contains("single-level"), message);
    }

    @Test
    void aNameOfAnotherGroupIsAnsweredWithIt() {
        assertEquals("'mae' is of the group control, which is not among the chosen: [path]", refused("mae"));
    }

    private static String refused(String name) {
        Study study = Study.of(Preset.tiny(), List.of(1L))
                .withGroups(Set.of(Group.PATH))
                .withNames(Set.of(name));
        return String.valueOf(assertThrows(
                        IllegalArgumentException.class, () -> Trials.of(study, new ImageShape(1, 32, 32)))
                .getMessage());
    }
}
