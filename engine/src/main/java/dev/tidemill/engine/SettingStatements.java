package dev.tidemill.engine;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.setting.Settings;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.sql.parser.statement.QualifiedName;
import dev.tidemill.sql.parser.statement.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** SET, RESET, USE: what a session keeps for itself. */
final class SettingStatements {
  private static final List<OutputColumn> ONE =
      List.of(ResultColumns.text("name"), ResultColumns.text("value"));
  private static final List<OutputColumn> ALL =
      List.of(
          ResultColumns.text("name"),
          ResultColumns.text("value"),
          ResultColumns.text("default"),
          ResultColumns.text("expected"),
          ResultColumns.text("description"));

  private final Session session;

  SettingStatements(Session session) {
    this.session = session;
  }

  Result set(Statement.SetOption set) {
    try {
      session.settings(session.settings().with(set.name().dotted(), set.value()));
    } catch (TidemillException e) {
      throw e.at(set.name().position());
    }
    return CountResult.done("SET");
  }

  Result show(Statement.ShowOption show) {
    try {
      Settings.Entry entry = session.settings().entry(show.name().dotted());
      return new RowsResult(
          "SET", ONE, List.of(List.of(entry.name(), entry.value())), session.memory());
    } catch (TidemillException e) {
      throw e.at(show.name().position());
    }
  }

  Result showAll() {
    List<List<String>> rows = new ArrayList<>();
    for (Settings.Entry entry : session.settings().entries()) {
      rows.add(
          List.of(
              entry.name(),
              entry.value(),
              entry.defaultValue(),
              entry.expected(),
              entry.description()));
    }
    return new RowsResult("SHOW SETTINGS", ALL, rows, session.memory());
  }

  /** Back to what the engine was opened with. */
  Result reset(Statement.ResetOption reset) {
    QualifiedName name = reset.name();
    Map<String, String> initial = session.engine().settings().changed();
    if (name == null) {
      session.settings(session.engine().settings());
      return CountResult.done("RESET");
    }
    try {
      String setting = session.settings().entry(name.dotted()).name();
      String value = initial.get(setting);
      session.settings(
          value == null
              ? session.settings().without(setting)
              : session.settings().with(setting, value));
    } catch (TidemillException e) {
      throw e.at(name.position());
    }
    return CountResult.done("RESET");
  }

  Result use(Statement.Use use) {
    try {
      session.namespace(
          session.engine().catalog().namespace(use.schema().names(), session.namespace()));
    } catch (TidemillException e) {
      throw e.at(use.schema().position());
    }
    return CountResult.done("USE");
  }
}
