package dev.tidemill.exec.expression;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Texts are found where String finds them, and what lies round them is not looked at. */
final class CodePointsTest {
  private final MemoryScope memory = MemoryScope.root("test", MemoryScope.UNLIMITED);

  @Test
  void findsTheFirstPlace() {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    Random random = new Random(seed);
    try (Buffer buffer = memory.allocate(128)) {
      for (int round = 0; round < 100_000; round++) {
        byte[] all = bytes(random, 40 + random.nextInt(60));
        int start = random.nextInt(8);
        int length = random.nextInt(all.length - start + 1);
        byte[] needle = bytes(random, random.nextInt(8));
        int from = random.nextInt(length + 1);
        Memory.copyFromArray(all, 0, buffer.address(), all.length);
        String text = new String(all, start, length, StandardCharsets.ISO_8859_1);
        String wanted = new String(needle, StandardCharsets.ISO_8859_1);
        assertEquals(
            text.indexOf(wanted, from),
            CodePoints.find(buffer.address() + start, from, length, needle),
            () -> "'" + wanted + "' in '" + text + "' from " + from + ", seed " + seed);
      }
    }
  }

  /** Few different ones, so that many stand nearly where they are sought. */
  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (random.nextInt(12) == 0 ? random.nextInt(256) : 'a' + random.nextInt(3));
    }
    return bytes;
  }
}
