package dev.tidemill.streaming.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.tidemill.foundation.memory.MemoryScope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Work that is done side by side. */
class StepTest {
  private static final StepCrew CREW = StepCrew.ofAnyRows(2);

  /** Whoever does it: the only helper is at work elsewhere for the first rounds. */
  @Test
  void aPartThatFailsEndsAll() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          try (MemoryScope memory = MemoryScope.root("test", MemoryScope.UNLIMITED)) {
            CountDownLatch busy = new CountDownLatch(100);
            CREW.submit(() -> await(busy));
            for (int round = 0; round < 200; round++) {
              busy.countDown();
              Step step =
                  new Step(
                      Instant.EPOCH,
                      false,
                      memory,
                      reference -> {
                        throw new AssertionError(reference);
                      },
                      new OperatorTimes(),
                      CREW,
                      Long.MIN_VALUE,
                      new SetAside());
              try (step) {
                List<Runnable> parts = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                  boolean fails = i == round % 4;
                  parts.add(
                      () -> {
                        if (fails) {
                          throw new ArithmeticException("part");
                        }
                      });
                }
                assertEquals(
                    "part",
                    assertThrows(ArithmeticException.class, () -> step.together("x", 1, parts))
                        .getMessage());
              }
            }
          }
        });
  }

  private static boolean await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return true;
  }
}
