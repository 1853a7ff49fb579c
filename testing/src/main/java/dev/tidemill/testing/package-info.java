/**
 * SQL scripts as tests: the grammar of sqllogictest, run in modes that must all agree. Start with
 * {@link dev.tidemill.testing.ScriptRunner}.
 */
@NullMarked
package dev.tidemill.testing;

import org.jspecify.annotations.NullMarked;
