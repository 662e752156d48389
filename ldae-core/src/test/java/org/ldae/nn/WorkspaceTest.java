package org.ldae.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ldae.compute.Backend;
import org.ldae.compute.Kernels;
import org.ldae.compute.Tensor;
import org.ldae.core.Rng;

class WorkspaceTest {

    private static Parameters parameters() {
        Parameters.Layout layout = Parameters.layout();
        layout.add("w", 2, 2, Parameters.Init.ONES);
        return layout.initialise(Rng.of(0));
    }

    @Test
    void closingFreesItsMemoryAndLeavesTheParameters() {
        try (Parameters parameters = parameters()) {
            Workspace work = Workspace.training(Backend.kernels(), parameters);
            Tensor scratch = work.allocate(3, 5);
            Tensor gradients = work.gradients();
            assertEquals(15, scratch.toArray().length);
            work.close();
            assertThrows(IllegalStateException.class, scratch::toArray);
            assertThrows(IllegalStateException.class, gradients::toArray);
            assertEquals(1, parameters.values().toArray()[0]);
            work.close();
        }
    }

    @Test
    void countsTheBytesOfItsScratch() {
        try (Parameters parameters = parameters();
                Workspace work = Workspace.training(Backend.kernels(), parameters)) {
            assertEquals(0, work.allocatedBytes());
            work.allocate(3, 5);
            work.allocate(1, 7);
            assertEquals(4 * (15 + 7), work.allocatedBytes());
        }
    }

    @Test
    void copiesShareValuesAndHaveTheirOwnGradients() {
        try (Parameters parameters = parameters();
                Workspace one = Workspace.training(Backend.kernels(), parameters);
                Workspace two = Workspace.training(Backend.kernels(), parameters)) {
            one.value("w").put(new float[] {1, 2, 3, 4});
            one.gradient("w").put(new float[] {5, 6, 7, 8});
            assertArrayEquals(new float[] {1, 2, 3, 4}, two.value("w").toArray());
            assertArrayEquals(new float[4], two.gradient("w").toArray());
            assertEquals(8, one.gradients().toArray()[3]);
        }
    }

    @Test
    void aWorkspaceForInferenceTakesNoGradients() {
        try (Parameters parameters = parameters()) {
            Workspace work = Workspace.inference(Backend.kernels(), parameters);
            assertArrayEquals(new float[] {1, 1, 1, 1}, work.value("w").toArray());
            work.close();
            assertFalse(parameters.values().array().data().wasClosed());
        }
    }

    @Test
    void layersThatTakeTurnsShareMemoryUnlessActivationsAreKept() {
        Kernels kernels = Backend.kernels();
        try (Parameters parameters = parameters();
                Workspace keeping = Workspace.training(kernels, parameters);
                Workspace recomputing = Workspace.recomputing(kernels, parameters);
                Workspace inference = Workspace.inference(kernels, parameters)) {
            assertTrue(keeping.keepsActivations());
            assertEquals(2 * 4 * (15 + 7), bytesOfTwoTurns(keeping));
            for (Workspace work : List.of(recomputing, inference)) {
                assertFalse(work.keepsActivations());
                assertEquals(4 * (15 + 7), bytesOfTwoTurns(work));
            }
            Workspace inner = recomputing.turns();
            Tensor first = inner.allocate(2, 3);
            inner.nextTurn();
            assertSame(first, inner.allocate(2, 3));
            inner.nextTurn();
            assertThrows(IllegalStateException.class, () -> inner.allocate(3, 2));
            assertSame(recomputing.gradients(), inner.gradients());
        }
    }

    private static long bytesOfTwoTurns(Workspace work) {
        Workspace inner = work.turns();
        for (int layer = 0; layer < 2; layer++) {
            inner.nextTurn();
            inner.allocate(3, 5);
            inner.allocate(1, 7);
        }
        return work.allocatedBytes();
    }

    @Test
    void overPlannedParametersItCountsAndTakesNothing() {
        Parameters.Layout layout = Parameters.layout();
        layout.add("w", 20_000, 20_000, Parameters.Init.XAVIER_UNIFORM);
        Parameters planned = layout.planned();
        assertEquals(400_000_000, planned.count());
        Workspace work = Workspace.training(Backend.kernels(), planned);
        for (int i = 0; i < 1000; i++) {
            Tensor scratch = work.allocate(500_000, 1000);
            scratch.view(1, 2, 3, 4).columns(0, 2);
            scratch.slice(0, 1, 2).put(new float[] {1, 2});
            assertThrows(IllegalStateException.class, scratch.slice(0, 1, 2)::toArray);
            assertThrows(IllegalStateException.class, () -> work.kernels().fill(scratch, 1));
        }
        assertEquals(2_000_000_000_000L, work.allocatedBytes());
        assertTrue(work.trains());
        assertThrows(IllegalStateException.class, () -> work.value("w").toArray());
        work.close();
        planned.close();
    }
}
