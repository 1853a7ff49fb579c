package dev.tidemill.foundation.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MemoryTest {
  private final MemoryScope scope = MemoryScope.root("test", 64L << 20);

  @Test
  void accessOutsideIsCaught() {
    assertTrue(Memory.CHECKED, "the build starts tests with -Dtidemill.memory.checked=true");
    try (Buffer buffer = scope.allocate(64)) {
      long end = buffer.address() + buffer.capacity();
      Memory.putLong(end - 8, 1);
      assertThrows(IndexOutOfBoundsException.class, () -> Memory.putLong(end - 7, 1));
      assertThrows(IndexOutOfBoundsException.class, () -> Memory.getByte(buffer.address() - 1));
      assertThrows(IndexOutOfBoundsException.class, () -> Memory.getLong(Long.MAX_VALUE - 3));
      assertThrows(IndexOutOfBoundsException.class, () -> Memory.getLong(0));
      assertThrows(IndexOutOfBoundsException.class, () -> Memory.getLong(-8));
      assertThrows(
          IndexOutOfBoundsException.class, () -> Memory.copy(buffer.address(), end - 4, 8));
      assertThrows(
          IndexOutOfBoundsException.class, () -> Memory.fill(buffer.address(), -1, (byte) 0));
    }
  }

  @Test
  void accessAfterCloseIsCaught() {
    for (long bytes : new long[] {64, 4 << 20}) {
      Buffer buffer = scope.allocate(bytes);
      Memory.putLong(buffer.address(), 7);
      Buffer again = buffer.retain();
      buffer.close();
      assertEquals(7, Memory.getLong(buffer.address()));
      again.close();
      assertThrows(IndexOutOfBoundsException.class, () -> Memory.getLong(buffer.address()));
      assertThrows(IllegalStateException.class, buffer::close);
      assertThrows(IllegalStateException.class, buffer::retain);
    }
    assertEquals(0, scope.used());
  }

  @Test
  void freshMemoryIsPoisonedOrZero() {
    try (Buffer poisoned = scope.allocate(100);
        Buffer zeroed = scope.allocateZeroed(100)) {
      assertEquals(LiveMemory.POISON, Memory.getByte(poisoned.address() + 99));
      assertEquals(0, Memory.getByte(zeroed.address() + zeroed.capacity() - 1));
      assertTrue(zeroed.capacity() >= 100);
    }
  }

  @Test
  void piecesOfManyPagesAreZeroAndGoBack() {
    for (long bytes : new long[] {(2 << 20) - 4096, 2 << 20, (4 << 20) + 4096, 9 << 20}) {
      for (int round = 0; round < 3; round++) {
        try (Buffer buffer = scope.allocateZeroed(bytes)) {
          assertTrue(buffer.capacity() >= bytes);
          assertEquals(0, Memory.getLong(buffer.address() + bytes - 8));
          Memory.fill(buffer.address(), bytes, (byte) 7);
        }
      }
    }
    assertEquals(0, scope.used());
  }

  @Test
  void memoryThatTheSystemDoesNotGiveIsAnError() {
    try (MemoryScope all = MemoryScope.root("all", Long.MAX_VALUE)) {
      TidemillException error =
          assertThrows(TidemillException.class, () -> all.allocate(1L << 60).close());
      assertEquals("MEMORY_LIMIT_EXCEEDED", error.code().name());
      assertEquals(0, all.used());
    }
  }

  @Test
  void limitsHoldAtEveryLevelAndNameTheBiggest() {
    try (MemoryScope query = scope.child("query 1", 1 << 20);
        MemoryScope sort = query.child("sort");
        MemoryScope join = query.child("hash join", 512 << 10)) {
      sort.reserve(600 << 10);
      join.reserve(100 << 10);
      assertFalse(join.tryReserve(400 << 10), "the query's limit");
      assertEquals(100 << 10, join.used());
      assertEquals(324 << 10, join.available());
      TidemillException error =
          assertThrows(TidemillException.class, () -> join.allocate(413 << 10));
      assertEquals("MEMORY_LIMIT_EXCEEDED", error.code().name());
      assertEquals(
          "out of memory: hash join has 100.0 KiB of 512.0 KiB in use and needs 512.0 KiB more. "
              + "Biggest: hash join 100.0 KiB. Give it more (--memory), or fewer rows",
          error.getMessage());
      assertFalse(sort.tryReserve(Long.MAX_VALUE));
      assertEquals(700 << 10, query.used());
      assertEquals(700 << 10, query.peak());
      sort.release(600 << 10);
      join.release(100 << 10);
    }
    assertEquals(0, scope.used());
  }

  @Test
  void leaksAndDoubleReleasesAreCaught() {
    MemoryScope leaky = scope.child("leaky");
    Buffer buffer = leaky.allocate(64);
    assertThrows(IllegalStateException.class, leaky::close);
    buffer.close();
    assertThrows(IllegalStateException.class, () -> leaky.release(1));
  }

  @Test
  void aBufferMovesToAnotherScope() {
    try (MemoryScope a = scope.child("a");
        MemoryScope b = scope.child("b", 128)) {
      Buffer small = a.allocate(64);
      small.chargeTo(b);
      assertEquals(0, a.used());
      assertEquals(64, b.used());
      Buffer large = a.allocate(1024);
      assertThrows(TidemillException.class, () -> large.chargeTo(b));
      assertEquals(1024, a.used());
      large.close();
      small.close();
    }
  }

  @Test
  void refusedRequestsDoNotFailTheirNeighbours() throws InterruptedException {
    MemoryScope limited = scope.child("limited", 1000);
    AtomicInteger failures = new AtomicInteger();
    Thread greedy =
        new Thread(
            () -> {
              for (int i = 0; i < 200_000; i++) {
                if (limited.tryReserve(900)) {
                  failures.incrementAndGet();
                }
              }
            });
    limited.reserve(200);
    greedy.start();
    for (int i = 0; i < 200_000; i++) {
      if (limited.tryReserve(500)) {
        limited.release(500);
      } else {
        failures.incrementAndGet();
      }
    }
    greedy.join();
    assertEquals(0, failures.get());
    limited.release(200);
  }

  @Test
  void comparesAsUnsignedBytes() {
    Random random = new Random(7);
    List<byte[]> strings = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[random.nextInt(20)];
      for (int b = 0; b < bytes.length; b++) {
        bytes[b] = (byte) (random.nextInt(3) - 1);
      }
      strings.add(bytes);
    }
    try (Buffer a = scope.allocate(20);
        Buffer b = scope.allocate(20)) {
      for (byte[] x : strings) {
        Memory.copyFromArray(x, 0, a.address(), x.length);
        for (byte[] y : strings) {
          Memory.copyFromArray(y, 0, b.address(), y.length);
          assertEquals(
              Integer.signum(Arrays.compareUnsigned(x, y)),
              Integer.signum(Memory.compare(a.address(), x.length, b.address(), y.length)));
          if (x.length == y.length) {
            assertEquals(Arrays.equals(x, y), Memory.equal(a.address(), b.address(), x.length));
          }
        }
      }
    }
  }

  @Test
  void copiesOfEveryLengthMoveBytesAlsoWithinThemselves() {
    try (Buffer buffer = scope.allocate(200)) {
      byte[] model = new byte[200];
      for (int i = 0; i < 200; i++) {
        model[i] = (byte) i;
      }
      for (int length = 0; length <= 70; length++) {
        for (int to : new int[] {61, 70, 70 - length, 75, 129}) {
          byte[] expected = model.clone();
          System.arraycopy(model, 70, expected, Math.max(to, 0), length);
          Memory.copyFromArray(model, 0, buffer.address(), 200);
          Memory.copy(buffer.address() + 70, buffer.address() + Math.max(to, 0), length);
          byte[] actual = new byte[200];
          Memory.copyToArray(buffer.address(), actual, 0, 200);
          assertEquals(
              Arrays.toString(expected), Arrays.toString(actual), length + " bytes to " + to);
          byte[] part = new byte[length + 2];
          Memory.copyToArray(buffer.address() + 3, part, 1, length);
          Memory.copyFromArray(part, 1, buffer.address() + 90, length);
          for (int i = 0; i < length; i++) {
            assertEquals(expected[3 + i], Memory.getByte(buffer.address() + 90 + i));
          }
          assertEquals(0, part[0] | part[length + 1]);
        }
      }
    }
  }
}
