/**
 * From parsed statements to plans. Start with {@link dev.tidemill.planner.Planner}: {@code plan}
 * and {@code describe} for queries, {@code planInsert} and {@code planInto} for what is written,
 * {@code compileTable} for computed columns and watermarks, {@code compileExpression} and {@code
 * compileType} for the rest; {@link dev.tidemill.planner.StatementPlanner} is the same for callers
 * that know no Calcite.
 *
 * <pre>
 *   SqlNode --sql--> Calcite's algebra --translate--> logical nodes --rewrite, join--> logical nodes --physical--> BatchPlan
 * </pre>
 *
 * <p>Calcite finds names and types and makes algebra of syntax ({@code sql}); from {@code
 * translate} on nothing is Calcite's. Rewrites work on {@code logical} nodes, whose columns have
 * identities, not positions. Must not depend on exec, streaming or any connector.
 *
 * <p>What SQL means here where dialects differ:
 *
 * <ul>
 *   <li>Names match in any case and keep theirs. GROUP BY prefers a column of FROM to an alias of
 *       SELECT.
 *   <li>NULLs sort last, ascending and descending, unless NULLS FIRST says otherwise.
 *   <li>Integers by integers give the wider integer type, a quotient too; AVG of integers is
 *       DOUBLE, SUM is BIGINT.
 *   <li>Decimals follow {@link dev.tidemill.planner.logical.DecimalRules}; an integer literal
 *       beside a decimal counts the digits it has. DECIMAL without arguments has 38 digits and no
 *       scale.
 *   <li>CHAR is VARCHAR: nothing is padded, {@code 'a' = 'a '} is FALSE.
 *   <li>Text never becomes a number by itself, nor a number text; a string literal becomes what it
 *       is compared with, and text beside a date or time becomes one.
 *   <li>DATE - DATE is a BIGINT of days; DATE plus an interval is a DATE and takes whole days only.
 *       CURRENT_TIMESTAMP is TIMESTAMP(6) WITH LOCAL TIME ZONE, which goes by {@link
 *       dev.tidemill.planner.logical.Clocks}.
 *   <li>CONCAT leaves out NULLs, || does not; GREATEST and LEAST too.
 *   <li>A scalar subquery of more than one row is an error when it runs, whether its value is
 *       needed or not.
 * </ul>
 */
@NullMarked
package dev.tidemill.planner;

import org.jspecify.annotations.NullMarked;
