package dev.tidemill.engine;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.planner.QueryDescription;
import dev.tidemill.sql.parser.ParsedStatement;
import dev.tidemill.sql.parser.statement.Statement;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A statement whose parameters and columns are known before it runs. Belongs to its session;
 * planned anew with the values of each {@link #execute}, so that a plan fits them.
 */
public final class PreparedStatement {
  private final Session session;
  private final ParsedStatement statement;
  private final List<Type> parameterTypes;
  private final @Nullable List<OutputColumn> columns;

  PreparedStatement(Session session, ParsedStatement statement, Cancellation cancellation) {
    cancellation.check();
    this.session = session;
    this.statement = statement;
    Planning planning = new Planning(session);
    switch (statement.statement()) {
      case Statement.Query query -> {
        QueryDescription description = planning.describe(query.query());
        parameterTypes = description.parameterTypes();
        columns = description.columns();
      }
      case Statement.Insert insert -> {
        parameterTypes = planning.describeInsert(insert.insert()).parameterTypes();
        columns = null;
      }
      case Statement.Update update -> {
        parameterTypes = planning.describeChange(update.update()).parameterTypes();
        columns = null;
      }
      case Statement.Delete delete -> {
        parameterTypes = planning.describeChange(delete.delete()).parameterTypes();
        columns = null;
      }
      case Statement.Merge merge -> {
        parameterTypes = planning.describeChange(merge.merge()).parameterTypes();
        columns = null;
      }
      case Statement other -> {
        if (statement.parameterCount() > 0) {
          throw EngineErrors.unsupported("a parameter in this statement", statement.position());
        }
        parameterTypes = List.of();
        columns = null;
      }
    }
  }

  /** What each {@code ?} is, in order. */
  public List<Type> parameterTypes() {
    return parameterTypes;
  }

  /**
   * The columns of the rows, or null where the statement is no query: then {@link Result#schema()}
   * tells.
   */
  public @Nullable Schema schema() {
    return columns == null ? null : ResultColumns.schema(columns);
  }

  /** As {@link Result#hasWeights}. */
  public boolean hasWeights() {
    return statement.statement() instanceof Statement.Query query
        && query.emit() == Statement.Query.Emit.CHANGES;
  }

  public ParsedStatement statement() {
    return statement;
  }

  /**
   * Runs it.
   *
   * @param values one per parameter, objects of the classes that {@link Type} names, or of near
   *     ones; null for NULL
   * @throws dev.tidemill.foundation.error.TidemillException WRONG_PARAMETER_COUNT, and what the
   *     statement throws
   */
  public Result execute(List<? extends @Nullable Object> values) {
    return execute(values, new Cancellation());
  }

  /** As {@link #execute(List)}, to be stopped by itself, not with all of the session. */
  public Result execute(List<? extends @Nullable Object> values, Cancellation cancellation) {
    if (values.size() != statement.parameterCount()) {
      throw EngineErrors.wrongParameterCount(statement.parameterCount(), values.size());
    }
    return session.execute(statement.statement(), values, cancellation);
  }
}
