package dev.tidemill.streaming.state;

import dev.tidemill.foundation.memory.MemoryScope;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots of random levels that are begun, read on, ended and given up at random moments between
 * steps, as a chain that gives the last state back.
 */
public final class RandomSnapshots {
  private final Deque<Written> chain = new ArrayDeque<>();
  private @Nullable Running running;

  private record Running(StateImage image, int level, ByteArrayOutputStream bytes) {
    void take() {
      bytes.writeBytes(image.take());
    }
  }

  private record Written(int level, byte[] bytes) implements StateSnapshot.Source {
    @Override
    public String name() {
      return "snapshot";
    }

    @Override
    public InputStream open() {
      return new ByteArrayInputStream(bytes);
    }
  }

  /** No step runs: perhaps a snapshot begins, goes on or ends. */
  public void betweenSteps(MemoryState state, Random random) {
    Running now = running;
    switch (random.nextInt(8)) {
      case 0, 1, 2, 3 -> {
        if (now == null) {
          begin(state, random);
        } else if (!now.image.advance(0)) {
          end(now);
        } else {
          now.take();
        }
      }
      case 4 -> end(now == null ? begin(state, random) : now);
      case 5 -> {
        if (now != null && random.nextInt(3) == 0) {
          now.image.abandon();
          running = null;
        }
      }
      default -> {}
    }
  }

  private Running begin(MemoryState state, Random random) {
    int level = chain.isEmpty() ? StateImage.FULL : random.nextInt(StateImage.FULL + 1);
    Running begun = new Running(new StateImage(state, level), level, new ByteArrayOutputStream());
    running = begun;
    return begun;
  }

  private void end(Running now) {
    now.image.finish(7);
    now.take();
    while (!chain.isEmpty() && chain.getFirst().level < now.level) {
      chain.removeFirst();
    }
    if (now.level == StateImage.FULL) {
      chain.clear();
    }
    chain.addFirst(new Written(now.level, now.bytes.toByteArray()));
    running = null;
  }

  /** The state as a new process would read it; its snapshots begin anew. */
  public MemoryState restored(MemoryState state, Random random, MemoryScope scope) {
    end(running == null ? begin(state, random) : running);
    List<Written> oldestFirst = List.copyOf(chain).reversed();
    chain.clear();
    return StateSnapshot.read(oldestFirst, scope);
  }

  /** A snapshot of all of a state. */
  public static byte[] whole(MemoryState state) {
    StateImage image = new StateImage(state, StateImage.FULL);
    image.finish(-1);
    return image.take();
  }

  /** The state that {@link #whole} wrote. */
  public static MemoryState read(byte[] whole, MemoryScope scope) {
    return StateSnapshot.read(List.of(new Written(StateImage.FULL, whole)), scope);
  }
}
