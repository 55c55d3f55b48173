-- From the Friday before the Spring Festival of 2026 to the Tuesday after it two days are worked: the Saturday that makes
-- up for a day off, and the Tuesday itself.
select first_day.working_day_number as number_before, last_day.working_day_number as number_after
from {{ ref('dim_date') }} as first_day
cross join {{ ref('dim_date') }} as last_day
where first_day.date = date'2026-02-13'
    and last_day.date = date'2026-02-24'
    and last_day.working_day_number - first_day.working_day_number <> 2
