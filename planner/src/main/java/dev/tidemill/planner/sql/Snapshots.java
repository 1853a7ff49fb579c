package dev.tidemill.planner.sql;

import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.storage.catalog.TableVersions;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlSnapshot;
import org.apache.calcite.sql.SqlTimestampLiteral;
import org.apache.calcite.sql.SqlUnknownLiteral;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * {@code t FOR SYSTEM_TIME AS OF …} by the name of the snapshot, as {@link TableVersions} has it: a
 * number is that of the snapshot, a TIMESTAMP is a time in UTC.
 */
final class Snapshots extends SqlShuttle {
  private static final long MICROS = 1_000_000;

  private Snapshots() {}

  /** The query with names in the place of such tables; the given node stays as it is. */
  static SqlNode opened(SqlNode query) {
    SqlNode opened = query.accept(new Snapshots());
    return opened == null ? query : opened;
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    if (call.getKind() == SqlKind.AS && call.operand(0) instanceof SqlSnapshot snapshot) {
      List<SqlNode> operands = new ArrayList<>(call.getOperandList());
      operands.set(0, name(snapshot));
      return call.getOperator().createCall(call.getParserPosition(), operands);
    }
    if (call instanceof SqlSnapshot snapshot) {
      return SqlStdOperatorTable.AS.createCall(
          call.getParserPosition(),
          name(snapshot),
          new SqlIdentifier(
              table(snapshot).names.getLast(), snapshot.getTableRef().getParserPosition()));
    }
    return super.visit(call);
  }

  private static SqlIdentifier table(SqlSnapshot snapshot) {
    if (snapshot.getTableRef() instanceof SqlIdentifier name) {
      return name;
    }
    throw PlannerErrors.unsupported(
        "FOR SYSTEM_TIME AS OF of anything but a table",
        Positions.of(snapshot.getParserPosition()));
  }

  private static SqlIdentifier name(SqlSnapshot snapshot) {
    SqlIdentifier table = table(snapshot);
    List<String> names = new ArrayList<>(table.names);
    names.set(names.size() - 1, name(names.getLast(), snapshot.getPeriod()));
    return new SqlIdentifier(names, table.getParserPosition());
  }

  private static String name(String table, SqlNode period) {
    if (period instanceof SqlNumericLiteral number && number.isInteger()) {
      try {
        return TableVersions.version(table, number.bigDecimalValue().longValueExact());
      } catch (ArithmeticException e) {
        throw wanted(period);
      }
    }
    return TableVersions.time(table, micros(period));
  }

  private static long micros(SqlNode period) {
    String text =
        switch (period) {
          case SqlUnknownLiteral unknown when unknown.tag.equalsIgnoreCase("TIMESTAMP") ->
              String.valueOf(((SqlLiteral) unknown).getValue());
          case SqlTimestampLiteral timestamp -> timestamp.toFormattedString();
          case SqlCharStringLiteral string -> string.getValueAs(String.class);
          default -> "";
        };
    String iso = text.strip().replace(' ', 'T');
    try {
      LocalDateTime time =
          iso.contains("T") ? LocalDateTime.parse(iso) : LocalDate.parse(iso).atStartOfDay();
      return time.toEpochSecond(ZoneOffset.UTC) * MICROS + time.getNano() / 1000;
    } catch (DateTimeParseException e) {
      throw wanted(period);
    }
  }

  private static RuntimeException wanted(SqlNode period) {
    return PlannerErrors.unsupported(
        "FOR_SYSTEM_TIME_AS_OF",
        "FOR SYSTEM_TIME AS OF anything but the number of a snapshot or a TIMESTAMP literal (as of the time of each row is t ASOF JOIN q MATCH_CONDITION t.ts >= q.ts ON …)",
        Positions.of(period.getParserPosition()));
  }
}
