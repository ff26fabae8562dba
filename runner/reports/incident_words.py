"""What to do about an incident, by its kind. Also read by people who never saw the diagram."""

from __future__ import annotations

_OWNER = (
    "请流程负责人更正并发布新版，再把本案转到新版",
    "the process owner corrects it in a new release and moves this case to it",
)
WHAT_TO_DO = {
    "job_failed": (
        "先看原因：邮件服务器或外部程序没有接通，就请管理员接通；"
        "数据不对，就在下面更正。然后重试。 / "
        "Look at the cause first: if a mail server or a program outside does not answer, the "
        "administrator brings it back; if a value is wrong, correct it below. Then try again."
    ),
    "service_failed": (
        f"核对它看到的数据，有错就在下面更正，然后重试。数据没有错，{_OWNER[0]}。 / "
        "Check the data it saw, correct it below where it is wrong, and try again. If nothing is "
        f"wrong with it, {_OWNER[1]}."
    ),
    "expression_failed": (
        f"核对它看到的数据，缺的补上、错的更正，然后重试。表达式本身有错，{_OWNER[0]}。 / "
        "Check the data it saw: add what is missing, correct what is wrong, and try again. If the "
        f"expression itself is wrong, {_OWNER[1]}."
    ),
    "decision_failed": (
        f"核对决策表看到的数据，有错就更正，然后重试。表里缺规则或规则冲突，{_OWNER[0]}。 / "
        "Check the data the table saw, correct it where it is wrong, and try again. If a rule is "
        f"missing or rules contradict each other, {_OWNER[1]}."
    ),
    "policy_unset": (
        "请制度负责小组在下面决定这个数值，这一步随即继续。 / "
        "The owner of the policy decides this value below; the step goes on at once."
    ),
    "no_candidates": (
        "请管理员在“人员”页把同事加进小组；小组写错了，就在下面更正。然后重试。 / "
        "The administrator adds a colleague to the group on the page of people; if the group is "
        "wrong, correct it below. Then try again."
    ),
    "no_flow": (
        f"核对它看到的数据，有错就更正，然后重试。缺一条路，{_OWNER[0]}。 / "
        "Check the data it saw, correct it where it is wrong, and try again. If a way is missing, "
        f"{_OWNER[1]}."
    ),
    "error_uncaught": (
        "看报错的程序说了什么：数据不对就更正后重试，也可以在“更改本案”里把进度移到别的步骤。 / "
        "Look at what the program said: correct the data and try again, or move the work to "
        "another step under “Change this case”."
    ),
    "halted": (
        f"重试一次。仍然不行，{_OWNER[0]}。 / Try again. If it stops here once more, {_OWNER[1]}."
    ),
}
OTHERWISE = WHAT_TO_DO["service_failed"]
