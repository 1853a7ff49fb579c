package dev.tidemill.foundation.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tidemill.foundation.error.TidemillException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pieces on disk are as pieces in memory, and leave nothing. */
class DiskMemoryTest {
  private static final long BUDGET = 4L << 20;

  @TempDir Path directory;

  private MemoryScope lasting(MemoryScope root, DiskMemory.Use use) {
    DiskMemory disk = new DiskMemory(directory.resolve("state"), use, root, BUDGET / 2);
    return root.child("query", disk).lastingChild("state");
  }

  /** An array behaves as one on the heap, wherever it is, while it grows. */
  @Test
  void arraysAreAsOnTheHeap() throws IOException {
    long seed = Long.getLong("tidemill.test.seed", System.nanoTime());
    System.out.println("seed " + seed);
    for (DiskMemory.Use use : DiskMemory.Use.values()) {
      Random random = new Random(seed);
      try (MemoryScope root = MemoryScope.root("test", 32L << 20)) {
        MemoryScope scope = lasting(root, use);
        long[] expected = new long[0];
        try (Longs longs = new Longs(scope)) {
          for (int round = 0; round < 20; round++) {
            int length = Math.max(1, (int) (expected.length * 1.5));
            length = Math.min(300_000, length + random.nextInt(50_000));
            expected = java.util.Arrays.copyOf(expected, Math.max(length, expected.length));
            longs.ensure(length);
            for (int i = 0; i < 1000; i++) {
              int at = random.nextInt(length);
              long value = random.nextLong();
              expected[at] = value;
              longs.set(at, value);
            }
          }
          for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], longs.get(i), use + " " + i);
          }
          assertEquals(use != DiskMemory.Use.NEVER, scope.onDisk() > 0, use::toString);
          assertTrue(use != DiskMemory.Use.ALWAYS || scope.used() == 0, use::toString);
        }
        assertEquals(0, scope.onDisk());
        assertEquals(0, scope.used());
      }
    }
    try (Stream<Path> left = Files.list(directory.resolve("state"))) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void whatIsGoneWithTheStepStaysInMemory() {
    try (MemoryScope root = MemoryScope.root("test", BUDGET)) {
      DiskMemory disk = new DiskMemory(directory, DiskMemory.Use.ALWAYS, root, 0);
      MemoryScope query = root.child("query", disk);
      try (Buffer buffer = query.child("step").allocate(1 << 20)) {
        assertEquals(buffer.capacity(), root.used());
        assertEquals(0, root.onDisk());
      }
      assertThrows(TidemillException.class, () -> query.allocate(BUDGET * 2));
    }
  }

  @Test
  void goesToDiskWhenTheShareIsTaken() {
    try (MemoryScope root = MemoryScope.root("test", BUDGET)) {
      MemoryScope scope = lasting(root, DiskMemory.Use.WHEN_FULL);
      try (Buffer first = scope.allocate(1 << 20);
          Buffer second = scope.allocate(1 << 20);
          Buffer third = scope.allocate(1 << 20);
          Buffer small = scope.allocate(1 << 10)) {
        assertEquals(first.capacity() + second.capacity() + small.capacity(), root.used());
        assertEquals(third.capacity(), root.onDisk());
      }
    }
  }

  @Test
  void aDirectoryThatCannotBeMadeIsNamed() throws IOException {
    Path inTheWay = Files.writeString(directory.resolve("state"), "a file");
    try (MemoryScope root = MemoryScope.root("test", BUDGET)) {
      MemoryScope scope = lasting(root, DiskMemory.Use.ALWAYS);
      TidemillException error =
          assertThrows(TidemillException.class, () -> scope.allocate(1 << 20));
      assertTrue(error.code().mayPass());
      assertTrue(error.getMessage().contains(inTheWay.toString()), error.getMessage());
      assertEquals(0, root.onDisk());
    }
  }

  @Test
  void deletesWhatWasLeft() throws IOException {
    Files.writeString(directory.resolve(DiskMemory.PREFIX + "1"), "");
    Files.writeString(directory.resolve("other"), "");
    DiskMemory.deleteLeft(directory);
    DiskMemory.deleteLeft(directory.resolve("none"));
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals("other", left.findFirst().orElseThrow().getFileName().toString());
    }
  }
}
