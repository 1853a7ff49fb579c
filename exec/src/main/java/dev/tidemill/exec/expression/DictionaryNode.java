package dev.tidemill.exec.expression;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.type.Type;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A predicate over one column. Where that column comes as codes the predicate is asked once per
 * entry of the dictionary and the answers are mapped; the answers of the last dictionaries are
 * kept, since many batches share one, and workers read different ones side by side. A dictionary
 * with entries that the predicate fails on is not mapped: those entries may be in no row that
 * counts.
 */
final class DictionaryNode extends Node {
  private static final byte NULL = 2;
  private static final int REMEMBERED = 8;

  private final Node inner;
  private final int column;
  private final boolean dependsOnContext;
  private final AtomicReferenceArray<@Nullable Answers> recent =
      new AtomicReferenceArray<>(REMEMBERED);
  private final AtomicInteger oldest = new AtomicInteger();

  DictionaryNode(int id, Node inner, int column, boolean dependsOnContext) {
    super(id, Type.BOOLEAN);
    this.inner = inner;
    this.column = column;
    this.dependsOnContext = dependsOnContext;
  }

  /**
   * What is known of a dictionary.
   *
   * @param dictionary compared by identity only, it may be closed already
   * @param truth 0 FALSE, 1 TRUE, 2 NULL for each code; null if it was not worth asking yet, or if
   *     asking failed
   * @param ofNull the same for a NULL
   */
  private record Answers(
      Column dictionary,
      Instant time,
      List<@Nullable Object> parameters,
      byte @Nullable [] truth,
      byte ofNull,
      boolean failed) {}

  @Override
  Value compute(Evaluation evaluation, Rows rows) {
    Value mapped = mapped(evaluation, rows);
    return mapped == null ? inner.value(evaluation, rows) : mapped;
  }

  @Override
  Rows filter(Evaluation evaluation, Rows rows) {
    if (evaluation.input(column) instanceof DictionaryColumn) {
      return super.filter(evaluation, rows);
    }
    return inner.filter(evaluation, rows);
  }

  private @Nullable Value mapped(Evaluation evaluation, Rows rows) {
    if (evaluation.input(column) instanceof DictionaryColumn codes) {
      Answers answers = answers(evaluation, codes.dictionary(), rows);
      byte[] truth = answers.truth;
      if (truth != null) {
        return map(evaluation, codes, truth, answers.ofNull);
      }
    }
    return null;
  }

  private Answers answers(Evaluation evaluation, Column dictionary, Rows rows) {
    EvaluationContext context = evaluation.context;
    int place = find(context, dictionary);
    Answers known = place < 0 ? null : recent.get(place);
    if (known != null && (known.truth != null || known.failed)) {
      return known;
    }
    Answers found;
    if (known == null && dictionary.length() > 2 * rows.count) {
      found = new Answers(dictionary, context.time(), context.parameters(), null, NULL, false);
    } else {
      found = ask(context, dictionary, evaluation.nodes());
    }
    recent.set(place < 0 ? Math.floorMod(oldest.getAndIncrement(), REMEMBERED) : place, found);
    return found;
  }

  /** Where the answers about {@code dictionary} are, or -1. */
  private int find(EvaluationContext context, Column dictionary) {
    for (int i = 0; i < REMEMBERED; i++) {
      Answers known = recent.get(i);
      if (known != null
          && known.dictionary == dictionary
          && (!dependsOnContext
              || (known.time.equals(context.time())
                  && known.parameters.equals(context.parameters())))) {
        return i;
      }
    }
    return -1;
  }

  private Answers ask(EvaluationContext context, Column dictionary, int nodes) {
    try (Column none = Columns.nulls(dictionary.type(), 1, context.memory())) {
      byte[] truth = truth(context, dictionary, nodes);
      byte ofNull = truth(context, none, nodes)[0];
      return new Answers(dictionary, context.time(), context.parameters(), truth, ofNull, false);
    } catch (TidemillException e) {
      return switch (e.kind()) {
        case USER ->
            new Answers(dictionary, context.time(), context.parameters(), null, NULL, true);
        case RESOURCE, EXTERNAL, INTERNAL -> throw e;
      };
    }
  }

  private byte[] truth(EvaluationContext context, Column values, int nodes) {
    byte[] truth = new byte[Math.max(1, values.length())];
    Column[] columns = new Column[column + 1];
    columns[column] = values;
    try (Evaluation entries = new Evaluation(context, columns, values.length(), nodes)) {
      Column answers = entries.fullColumn(inner.value(entries, Rows.all(values.length())));
      for (int i = 0; i < values.length(); i++) {
        truth[i] = answers.isNull(i) ? NULL : ((BooleanColumn) answers).booleanAt(i) ? (byte) 1 : 0;
      }
    }
    return truth;
  }

  private static Value map(
      Evaluation evaluation, DictionaryColumn codes, byte[] truth, byte ofNull) {
    int length = evaluation.length;
    long from = codes.address();
    Buffer values = evaluation.allocate(Bits.bytes(length));
    Buffer valid = evaluation.allocate(Bits.bytes(length));
    long nulls = 0;
    for (int base = 0; base < length; base += 64) {
      int n = Math.min(64, length - base);
      long isTrue = 0;
      long isNull = 0;
      for (int i = 0; i < n; i++) {
        long answer = truth[Memory.getInt(from + ((long) (base + i) << 2))];
        isTrue |= (answer & 1) << i;
        isNull |= (answer >>> 1) << i;
      }
      if (codes.mayHaveNulls()) {
        long present = Bits.word(codes.validityAddress(), base >>> 6);
        isTrue = (isTrue & present) | (ofNull == 1 ? ~present : 0);
        isNull = (isNull & present) | (ofNull == NULL ? ~present : 0);
      }
      Memory.putLong(values.address() + (base >>> 3), isTrue);
      Memory.putLong(valid.address() + (base >>> 3), ~isNull);
      nulls |= isNull;
    }
    if (nulls == 0) {
      evaluation.discard(valid);
      return evaluation.bool(values, null);
    }
    return evaluation.bool(values, valid);
  }

  @Override
  boolean isCheap() {
    return inner.isCheap();
  }
}
