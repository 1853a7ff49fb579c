package dev.tidemill.sql.parser.statement;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.sql.parser.error.ParserErrors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** {@code MERGE INTO target [AS alias] USING source ON condition WHEN …}. */
public final class MergeNode extends SqlCall {
  private static final SqlOperator OPERATOR = new SqlSpecialOperator("MERGE", SqlKind.OTHER);

  private final SqlIdentifier target;
  private final @Nullable SqlIdentifier alias;
  private final SqlNode source;
  private final SqlNode condition;
  private final List<Clause> clauses;

  /** What a clause does. */
  public enum Action {
    UPDATE,
    DELETE,
    INSERT,
    NOTHING
  }

  /**
   * {@code WHEN [NOT] MATCHED [AND condition] THEN action}.
   *
   * @param columns those that are set or inserted; null for all
   * @param values theirs; none for DELETE and DO NOTHING
   */
  public record Clause(
      boolean matched,
      @Nullable SqlNode condition,
      Action action,
      @Nullable SqlNodeList columns,
      List<SqlNode> values,
      SqlParserPos position) {
    public Clause {
      values = List.copyOf(values);
    }
  }

  /**
   * @param alias what the target's rows are called, or null for its name
   * @param clauses of which the first that goes with a row is taken
   */
  public MergeNode(
      SqlParserPos position,
      SqlIdentifier target,
      @Nullable SqlIdentifier alias,
      SqlNode source,
      SqlNode condition,
      List<Clause> clauses) {
    super(position);
    this.target = target;
    this.alias = alias;
    this.source = source;
    this.condition = condition;
    this.clauses = List.copyOf(clauses);
  }

  /**
   * Checks what follows THEN.
   *
   * @param first its first word
   * @param second the word behind it
   */
  public static void checkAction(
      boolean matched, String first, String second, SourcePosition position) {
    String when = matched ? "WHEN MATCHED" : "WHEN NOT MATCHED";
    String words = first.toUpperCase(Locale.ROOT) + " " + second.toUpperCase(Locale.ROOT);
    String wanted = matched ? "UPDATE, DELETE or DO NOTHING" : "INSERT or DO NOTHING";
    boolean known =
        switch (first.toUpperCase(Locale.ROOT)) {
          case "UPDATE", "DELETE" -> matched;
          case "INSERT" -> !matched;
          case "DO" -> second.equalsIgnoreCase("NOTHING");
          default -> false;
        };
    if (!known) {
      throw ParserErrors.expected(wanted + " behind " + when + " … THEN", first, position);
    }
    if (words.equals("INSERT *") || words.equals("INSERT DEFAULT")) {
      throw ParserErrors.unsupported(
          words + " in MERGE", "INSERT [(columns)] VALUES (…) names the values", position);
    }
  }

  public SqlIdentifier target() {
    return target;
  }

  public @Nullable SqlIdentifier alias() {
    return alias;
  }

  public SqlNode source() {
    return source;
  }

  public SqlNode condition() {
    return condition;
  }

  public List<Clause> clauses() {
    return clauses;
  }

  @Override
  public SqlOperator getOperator() {
    return OPERATOR;
  }

  @Override
  public List<@Nullable SqlNode> getOperandList() {
    List<@Nullable SqlNode> operands =
        new ArrayList<>(Arrays.asList(target, alias, source, condition));
    for (Clause clause : clauses) {
      operands.add(clause.condition());
      operands.add(clause.columns());
      operands.addAll(clause.values());
    }
    return operands;
  }
}
