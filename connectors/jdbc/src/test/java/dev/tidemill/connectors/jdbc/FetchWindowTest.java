package dev.tidemill.connectors.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.BatchBuilder;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rows that a driver holds: as many as fit, and charged. */
final class FetchWindowTest {
  private static void read(FetchWindow window, int width, MemoryScope rows) {
    try (BatchBuilder builder = BatchBuilder.of(List.of(Type.BIGINT, Type.VARCHAR), rows, 16)) {
      for (int i = 0; i < Math.min(window.rows(), 5); i++) {
        builder.column(0).appendLong(i);
        byte[] text = new byte[width];
        builder.column(1).appendBytes(text, 0, width);
        builder.endRow();
      }
      try (Batch batch = builder.build()) {
        window.read(batch);
      }
    }
  }

  @Test
  void narrowRowsComeInWholeBatchesWideOnesInFew() {
    try (MemoryScope root = MemoryScope.root("test", 1L << 30);
        MemoryScope scope = root.child("driver");
        MemoryScope rows = root.child("rows")) {
      try (FetchWindow window = new FetchWindow(4096, 2, scope)) {
        assertEquals(32, window.rows());
        read(window, 20, rows);
        assertEquals(256, window.rows());
        read(window, 20, rows);
        read(window, 20, rows);
        assertEquals(4096, window.rows());
        read(window, 100_000, rows);
        assertEquals((16 << 20) / 100_112, window.rows());
        assertTrue(scope.used() > 16_000_000, () -> "charged: " + scope.used());
        read(window, 18_000_000, rows);
        assertEquals(1, window.rows());
        assertTrue(scope.used() > 18_000_000, () -> "charged: " + scope.used());
        read(window, 20, rows);
        assertEquals(8, window.rows());
      }
      assertEquals(0, scope.used());
      try (FetchWindow window = new FetchWindow(10, 2, scope)) {
        assertEquals(10, window.rows());
      }
    }
  }

  @Test
  void aSmallBudgetHasFewRowsAndRefusesOneThatDoesNotFit() {
    try (MemoryScope root = MemoryScope.root("test", 1 << 20);
        MemoryScope outside = MemoryScope.root("outside", MemoryScope.UNLIMITED);
        FetchWindow window = new FetchWindow(4096, 2, root)) {
      for (int i = 0; i < 4; i++) {
        read(window, 10_000, outside);
      }
      assertEquals((256 << 10) / 10_112, window.rows());
      assertThrows(TidemillException.class, () -> read(window, 2_000_000, outside));
    }
  }
}
