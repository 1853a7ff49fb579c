package dev.tidemill.streaming;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemill.streaming.pipeline.FailedRow;
import dev.tidemill.streaming.state.KeyedValueState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * {@code q$rejected}: the rows that a standing query has set aside, numbered, in its state: there
 * once each, as the step is that set them aside. Written by the thread that takes steps; {@link
 * #all} is for any.
 */
final class FailedRows {
  private static final String STATE = "rejected";
  private static final int MOST_ROWS = 100_000;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final String query;
  private final KeyedValueState state;

  /** Those of committed steps. Guarded by itself. */
  private final List<Kept> committed = new ArrayList<>();

  private final List<Kept> added = new ArrayList<>();

  /** A row with the step that set it aside. */
  record Kept(long number, long step, long timeMicros, FailedRow row) {
    @JsonIgnore
    Instant time() {
      return Instant.ofEpochSecond(
          Math.floorDiv(timeMicros, 1_000_000L), Math.floorMod(timeMicros, 1_000_000L) * 1000);
    }
  }

  FailedRows(String query, Function<String, KeyedValueState> states) {
    this.query = query;
    this.state = states.apply(STATE);
    state.forEach((number, row) -> committed.add(decode(row)));
    committed.sort(Comparator.comparingLong(Kept::number));
  }

  /** Puts the rows of a step into the state; they count when {@link #commit} is called. */
  void add(long step, long timeMicros, List<FailedRow> rows) {
    for (FailedRow row : rows) {
      long number = committed.size() + added.size();
      if (number >= MOST_ROWS) {
        throw StreamingErrors.tooManyFailed(query, MOST_ROWS, row.error());
      }
      Kept kept = new Kept(number, step, timeMicros, row);
      state.put(ByteBuffer.allocate(Long.BYTES).putLong(number).array(), encode(kept));
      added.add(kept);
    }
  }

  /** Takes over those of a query that this one stands in place of. */
  void takeOver(List<Kept> before) {
    for (Kept kept : before) {
      state.put(ByteBuffer.allocate(Long.BYTES).putLong(kept.number()).array(), encode(kept));
      added.add(kept);
    }
  }

  void commit() {
    synchronized (committed) {
      committed.addAll(added);
    }
    added.clear();
  }

  void rollback() {
    added.clear();
  }

  List<Kept> all() {
    synchronized (committed) {
      return List.copyOf(committed);
    }
  }

  private static byte[] encode(Kept kept) {
    try {
      return MAPPER.writeValueAsString(kept).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Kept decode(byte[] bytes) {
    try {
      return MAPPER.readValue(new String(bytes, StandardCharsets.UTF_8), Kept.class);
    } catch (JsonProcessingException e) {
      throw StreamingErrors.internal(e);
    }
  }
}
