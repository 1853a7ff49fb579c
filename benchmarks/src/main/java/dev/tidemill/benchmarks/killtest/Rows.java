package dev.tidemill.benchmarks.killtest;

import dev.tidemill.engine.Result;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.format.ValueFormat;
import java.util.ArrayList;
import java.util.List;

/** The rows of a statement as text. */
final class Rows {
  private Rows() {}

  /** A text a row, its values apart by tabs, in the order they come. */
  static List<String> of(Session session, String sql) {
    List<String> rows = new ArrayList<>();
    try (Result result = session.execute(sql)) {
      for (Batch next = result.next(); next != null; next = result.next()) {
        try (Batch batch = next) {
          for (int i = 0; i < batch.rowCount(); i++) {
            List<String> values = new ArrayList<>();
            for (int c = 0; c < batch.columnCount(); c++) {
              values.add(
                  ValueFormat.format(
                      batch.column(c).type(),
                      batch.column(c).value(batch.row(i)),
                      result.timeZone()));
            }
            rows.add(String.join("\t", values));
          }
        }
      }
    }
    return rows;
  }
}
