package dev.tidemill.benchmarks;

import dev.tidemill.engine.Session;
import dev.tidemill.foundation.type.ArrowTypes;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Tables that standing queries write into. */
public final class Sinks {
  private Sinks() {}

  /** Creates one that forgets the rows of a query. */
  public static void forgetting(Session session, String name, String query) {
    Schema schema = session.prepare(query).schema();
    List<String> columns = new ArrayList<>();
    for (Field field : schema == null ? List.<Field>of() : schema.getFields()) {
      columns.add("\"" + field.getName() + "\" " + ArrowTypes.type(field).sql());
    }
    session
        .execute(
            "CREATE TABLE %s (%s) WITH ('connector' = 'blackhole')"
                .formatted(name, String.join(", ", columns)))
        .close();
  }
}
