package dev.tidemill.streaming.state;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.type.Type;
import java.util.List;

/**
 * State that an operator keeps in columns of its own: rolled back, committed and written with the
 * query's other state. It consists of parts, each some rows of fixed types, in any order; between
 * two parts the order of their numbers holds.
 *
 * <p>One thread. What it holds is charged to {@link QueryState#memory()}.
 */
public interface ColumnState extends AutoCloseable {
  /** The changes since the last commit stay. */
  void commit();

  /** The changes since the last commit are undone. */
  void rollback();

  /** Bytes held, about. */
  long bytes();

  /** The types of the rows of a part; a part behind the last has none. */
  List<Type> types(int part);

  /** Lends all rows, committed, of all parts in their order. */
  void write(Writer out);

  /** Adds rows that were written, while it is new. */
  void restore(int part, Batch rows);

  @Override
  void close();

  /** Takes the rows of a state. */
  interface Writer {
    void write(int part, Batch rows);
  }
}
